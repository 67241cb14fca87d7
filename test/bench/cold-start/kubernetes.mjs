import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTestKey } from '@magic-hour-keys/testing';
import { startFakeKubernetes } from '@magic-hour-keys/testing/fakes/kubernetes';
import { coldStartOf, READ_OURS } from './store-scenario.mjs';

const SDK = '@kubernetes/client-node';
const NAMESPACE = 'video';
const NAME = 'magic-hour';

export const coldStartKubernetes = coldStartOf({
  name: 'kubernetes',
  title: 'a Kubernetes Secret',
  sdk: [SDK],
  pairs: [
    {
      what: 'Kubernetes, kubeconfig',
      raw: [
        `import { CoreV1Api, KubeConfig } from '${SDK}';`,
        `const config = new KubeConfig();`,
        `config.loadFromFile('kubeconfig');`,
        `const api = config.makeApiClient(CoreV1Api);`,
        `const secret = await api.readNamespacedSecret({ namespace: '${NAMESPACE}', name: '${NAME}' });`,
        `const headers = { authorization: 'Bearer ' + Buffer.from(secret.data.api_key, 'base64').toString() };`,
      ],
      ours: [
        `import { kubernetesKeyProvider } from '@magic-hour-keys/kubernetes';`,
        `const auth = { method: 'kubeconfig', file: 'kubeconfig' };`,
        `const provider = kubernetesKeyProvider({ name: '${NAME}', auth });`,
        READ_OURS,
      ],
    },
    {
      what: 'Kubernetes, mounted file',
      isFree: true,
      raw: [
        `import { readFile } from 'node:fs/promises';`,
        `const headers = { authorization: 'Bearer ' + (await readFile('mount/api_key', 'utf8')) };`,
      ],
      ours: [
        `import { kubernetesKeyProvider } from '@magic-hour-keys/kubernetes';`,
        `const provider = kubernetesKeyProvider({ mountPath: 'mount' });`,
        READ_OURS,
      ],
    },
  ],
  async start(folder) {
    const key = makeTestKey();
    mkdirSync(join(folder, 'mount'));
    writeFileSync(join(folder, 'mount/api_key'), key, { mode: 0o600 });
    const cluster = await startFakeKubernetes();
    cluster.createNamespace(NAMESPACE);
    cluster.putSecret(NAMESPACE, NAME, { api_key: key });
    const kubeconfig = cluster.kubeconfig({ token: cluster.adminToken }, { namespace: NAMESPACE });
    writeFileSync(join(folder, 'kubeconfig'), kubeconfig);
    return { lines: [], close: () => cluster.close() };
  },
});
