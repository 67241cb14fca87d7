import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeTestKey } from '@magic-hour-keys/testing';
import { startFakeGcp } from '@magic-hour-keys/testing/fakes/gcp';
import { listBuilds } from './installed-packages.mjs';
import { compareRounds, runRounds } from './process-rounds.mjs';
import { withInstalled, writeProgram } from './programs.mjs';
import { digits } from './table.mjs';

const MODULES = fileURLToPath(new URL('../../node_modules/', import.meta.url));
const SDK = '@google-cloud/secret-manager';
const RAW_GRPC = 'raw SDK, gRPC without a login';
const RAW_REST = 'raw SDK, REST, account of the machine';
const MOST_RATIO = 1.05;
const NAME = 'projects/my-project/secrets/magic-hour';
const CHECK = `if (headers.authorization.length < 39) throw new Error('no header');`;

const [published] = listBuilds();

const READ_RAW = `
const [{ payload }] = await client.accessSecretVersion({ name: '${NAME}/versions/latest' });
const headers = { authorization: 'Bearer ' + payload.data.toString() };`;
const READ_OURS = `const headers = { authorization: 'Bearer ' + (await provider.getKey()).reveal() };`;

const PROGRAMS = {
  rawGrpc: [
    `import { createRequire } from 'node:module';`,
    `import { SecretManagerServiceClient } from '${SDK}';`,
    `const { grpc } = createRequire(createRequire(import.meta.url).resolve('${SDK}'))('google-gax');`,
    `const client = new SecretManagerServiceClient({
       apiEndpoint: HOST, port: PORT, projectId: 'my-project', sslCreds: grpc.credentials.createInsecure(),
     });`,
    READ_RAW,
  ],
  ourGrpc: [
    `import { gcpKeyProvider } from '@magic-hour-keys/gcp';`,
    `const provider = gcpKeyProvider({ secret: '${NAME}', endpoint: ORIGIN, auth: { method: 'none' } });`,
    READ_OURS,
  ],
  rawRest: [
    `import { SecretManagerServiceClient } from '${SDK}';`,
    `const client = new SecretManagerServiceClient({
       apiEndpoint: HOST, port: PORT, projectId: 'my-project', fallback: true, protocol: 'http',
     });`,
    READ_RAW,
  ],
  ourRest: [
    `import { gcpKeyProvider } from '@magic-hour-keys/gcp';`,
    `const provider = gcpKeyProvider({ secret: '${NAME}', endpoint: ORIGIN, transport: 'rest' });`,
    READ_OURS,
  ],
};

/** Each row names the one that it is compared with; that one stands above it. */
export const coldStartGcp = {
  name: 'cold-start-gcp',
  title:
    'a process from its start to the first header, key in Secret Manager; median of at least 30 paired processes',
  rows: [
    { name: RAW_GRPC, against: RAW_GRPC, program: PROGRAMS.rawGrpc },
    ours('gcpKeyProvider, gRPC without a login', RAW_GRPC, PROGRAMS.ourGrpc),
    { name: RAW_REST, against: RAW_REST, program: PROGRAMS.rawRest },
    ours('gcpKeyProvider, REST, account of the machine', RAW_REST, PROGRAMS.ourRest),
  ],
  measureTogether: (rows) => withInstalled([published], ([{ folder }]) => measure(rows, folder)),
  columns: (result) => ({
    'first header ms': digits(result.markMs),
    'CPU ms': digits(result.cpuMs),
    against: result.against,
    ratio: result.ratio.toFixed(2),
    'CPU ratio': result.cpuRatio.toFixed(2),
    'ms more': digits(result.moreMs),
    'CPU ms more': digits(result.moreCpuMs),
  }),
};

function ours(what, against, program) {
  return {
    name: `ours: ${what}`,
    against,
    program,
    wanted: `≤ ${MOST_RATIO}x raw SDK`,
    isReached: ({ ratio, cpuRatio }) => Math.min(ratio, cpuRatio) <= MOST_RATIO,
  };
}

async function measure(rows, folder) {
  const target = join(folder, 'node_modules', SDK);
  mkdirSync(dirname(target), { recursive: true });
  symlinkSync(join(MODULES, SDK), target, 'junction');
  const gcp = await startFakeGcp({ needsLogin: false });
  try {
    gcp.secrets.put(NAME, makeTestKey());
    const { hostname, port } = new URL(gcp.origin);
    const settings = [
      // No file of a person, and no look at the machine itself.
      `Object.assign(process.env, { HOME: '${folder}', METADATA_SERVER_DETECTION: 'assume-present' });`,
      `process.env.GCE_METADATA_HOST = '${hostname}:${port}';`,
      `const ORIGIN = '${gcp.origin}', HOST = '${hostname}', PORT = ${port};`,
    ];
    const programs = rows.map(({ program }, at) => {
      const imports = program.filter((line) => line.startsWith('import '));
      const rest = program.filter((line) => !line.startsWith('import '));
      return writeProgram(folder, `cold-start-gcp-${at}`, [...imports, ...settings, ...rest, CHECK]);
    });
    const runs = await runRounds(programs);
    return rows.map(({ against }, at) => ({
      against,
      ...compareRounds(runs[at], runs[rows.findIndex(({ name }) => name === against)]),
    }));
  } finally {
    await gcp.close();
  }
}
