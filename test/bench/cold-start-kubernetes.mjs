import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeTestKey } from '@magic-hour-keys/testing';
import { startFakeKubernetes } from '@magic-hour-keys/testing/fakes/kubernetes';
import { listBuilds } from './installed-packages.mjs';
import { compareRounds, runRounds } from './process-rounds.mjs';
import { withInstalled, writeProgram } from './programs.mjs';
import { digits } from './table.mjs';

const MODULES = fileURLToPath(new URL('../../node_modules/', import.meta.url));
const SDK = '@kubernetes/client-node';
const RAW = 'raw SDK, kubeconfig';
const RAW_FILE = 'raw file read';
const MOST_RATIO = 1.05;
const NAMESPACE = 'video';
const NAME = 'magic-hour';

const [published] = listBuilds();

const PROGRAMS = {
  raw: `
import { CoreV1Api, KubeConfig } from '${SDK}';
const config = new KubeConfig();
config.loadFromFile('kubeconfig');
const secret = await config.makeApiClient(CoreV1Api).readNamespacedSecret({ namespace: '${NAMESPACE}', name: '${NAME}' });
const headers = { authorization: 'Bearer ' + Buffer.from(secret.data.api_key, 'base64').toString() };`,
  ours: `
import { kubernetesKeyProvider } from '@magic-hour-keys/kubernetes';
const provider = kubernetesKeyProvider({ name: '${NAME}', auth: { method: 'kubeconfig', file: 'kubeconfig' } });
const headers = { authorization: 'Bearer ' + (await provider.getKey()).reveal() };`,
  rawFile: `
import { readFile } from 'node:fs/promises';
const headers = { authorization: 'Bearer ' + (await readFile('mount/api_key', 'utf8')) };`,
  oursFile: `
import { kubernetesKeyProvider } from '@magic-hour-keys/kubernetes';
const provider = kubernetesKeyProvider({ mountPath: 'mount' });
const headers = { authorization: 'Bearer ' + (await provider.getKey()).reveal() };`,
};
const CHECK = `if (headers.authorization.length < 39) throw new Error('no header');`;

/** Each row names the one that it is compared with; that one stands above it. */
export const coldStartKubernetes = {
  name: 'cold-start-kubernetes',
  title:
    'a process from its start to the first header, key in a Secret; median of at least 30 paired processes',
  rows: [
    { name: RAW, against: RAW, program: PROGRAMS.raw },
    {
      name: 'ours: kubernetesKeyProvider, kubeconfig',
      against: RAW,
      program: PROGRAMS.ours,
      wanted: `≤ ${MOST_RATIO}x raw SDK`,
      isReached: ({ ratio, cpuRatio }) => Math.min(ratio, cpuRatio) <= MOST_RATIO,
    },
    { name: RAW_FILE, against: RAW_FILE, program: PROGRAMS.rawFile },
    { name: 'ours: kubernetesKeyProvider, mounted file', against: RAW_FILE, program: PROGRAMS.oursFile },
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

async function measure(rows, folder) {
  const target = join(folder, 'node_modules', SDK);
  mkdirSync(dirname(target), { recursive: true });
  symlinkSync(join(MODULES, SDK), target, 'junction');
  const key = makeTestKey();
  mkdirSync(join(folder, 'mount'));
  writeFileSync(join(folder, 'mount/api_key'), key, { mode: 0o600 });
  const cluster = await startFakeKubernetes();
  try {
    cluster.createNamespace(NAMESPACE);
    cluster.putSecret(NAMESPACE, NAME, { api_key: key });
    const kubeconfig = cluster.kubeconfig({ token: cluster.adminToken }, { namespace: NAMESPACE });
    writeFileSync(join(folder, 'kubeconfig'), kubeconfig);
    const programs = rows.map(({ program }, at) =>
      writeProgram(folder, `cold-start-kubernetes-${at}`, [program, CHECK]),
    );
    const runs = await runRounds(programs);
    return rows.map(({ against }, at) => ({
      against,
      ...compareRounds(runs[at], runs[rows.findIndex(({ name }) => name === against)]),
    }));
  } finally {
    await cluster.close();
  }
}
