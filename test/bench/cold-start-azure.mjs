import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeTestKey } from '@magic-hour-keys/testing';
import { startFakeAzure } from '@magic-hour-keys/testing/fakes/azure';
import { listBuilds } from './installed-packages.mjs';
import { compareRounds, runRounds } from './process-rounds.mjs';
import { withInstalled, writeProgram } from './programs.mjs';
import { digits } from './table.mjs';

const MODULES = fileURLToPath(new URL('../../node_modules/', import.meta.url));
const SDK = ['@azure/identity', '@azure/keyvault-secrets'];
const RAW_TOKEN = 'raw SDK, a token at hand';
const RAW_IDENTITY = 'raw SDK, managed identity';
const MOST_RATIO = 1.05;
const NAME = 'magic-hour';
const CHECK = `if (headers.authorization.length < 39) throw new Error('no header');`;

const [published] = listBuilds();

const CREDENTIAL = `const credential = { getToken: async () => ({ token: TOKEN, expiresOnTimestamp: Infinity }) };`;
const READ_RAW = `
const insecure = { allowInsecureConnection: true, disableChallengeResourceVerification: true };
const client = new SecretClient(VAULT_URL, credential, insecure);
const headers = { authorization: 'Bearer ' + (await client.getSecret('${NAME}')).value };`;
const PLACE = `vaultUrl: VAULT_URL, name: '${NAME}', disableChallengeResourceVerification: true`;

const PROGRAMS = {
  rawToken: [`import { SecretClient } from '@azure/keyvault-secrets';`, CREDENTIAL, READ_RAW],
  ourToken: [
    `import { azureKeyProvider } from '@magic-hour-keys/azure';`,
    CREDENTIAL,
    `const provider = azureKeyProvider({ ${PLACE}, credential });`,
    `const headers = { authorization: 'Bearer ' + (await provider.getKey()).reveal() };`,
  ],
  rawIdentity: [
    `import { ManagedIdentityCredential } from '@azure/identity';`,
    `import { SecretClient } from '@azure/keyvault-secrets';`,
    `const credential = new ManagedIdentityCredential();`,
    READ_RAW,
  ],
  ourIdentity: [
    `import { azureKeyProvider } from '@magic-hour-keys/azure';`,
    `const provider = azureKeyProvider({ ${PLACE}, auth: { method: 'managed-identity' } });`,
    `const headers = { authorization: 'Bearer ' + (await provider.getKey()).reveal() };`,
  ],
};

/** Each row names the one that it is compared with; that one stands above it. */
export const coldStartAzure = {
  name: 'cold-start-azure',
  title:
    'a process from its start to the first header, key in Key Vault; median of at least 30 paired processes',
  rows: [
    { name: RAW_TOKEN, against: RAW_TOKEN, program: PROGRAMS.rawToken },
    ours('azureKeyProvider, a token at hand', RAW_TOKEN, PROGRAMS.ourToken),
    { name: RAW_IDENTITY, against: RAW_IDENTITY, program: PROGRAMS.rawIdentity },
    ours('azureKeyProvider, managed identity', RAW_IDENTITY, PROGRAMS.ourIdentity),
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
  for (const name of SDK) {
    const target = join(folder, 'node_modules', name);
    mkdirSync(dirname(target), { recursive: true });
    symlinkSync(join(MODULES, name), target, 'junction');
  }
  const azure = await startFakeAzure({ isPlain: true });
  try {
    azure.secrets.put(NAME, makeTestKey());
    const settings = [
      `process.env.AZURE_POD_IDENTITY_AUTHORITY_HOST = '${azure.metadataOrigin}';`,
      `const VAULT_URL = '${azure.vaultUrl}', TOKEN = '${azure.issueToken()}';`,
    ];
    const programs = rows.map(({ program }, at) => {
      const imports = program.filter((line) => line.startsWith('import '));
      const rest = program.filter((line) => !line.startsWith('import '));
      return writeProgram(folder, `cold-start-azure-${at}`, [...imports, ...settings, ...rest, CHECK]);
    });
    const runs = await runRounds(programs);
    return rows.map(({ against }, at) => ({
      against,
      ...compareRounds(runs[at], runs[rows.findIndex(({ name }) => name === against)]),
    }));
  } finally {
    await azure.close();
  }
}
