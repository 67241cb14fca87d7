import { kubernetesKeySource } from '@magic-hour-keys/kubernetes';
import { kubernetesDefinition } from '@magic-hour-keys/kubernetes/definition';
import { createSecretVolume } from '../../integration/kubernetes/secret-volume.ts';
import { inConfig, type ConfigurableHarness } from './harness-options.ts';

const KEY = 'api_key';

/** A mounted file needs no network and no permission. */
export const mountedDefinition: typeof kubernetesDefinition = {
  ...kubernetesDefinition,
  capabilities: { ...kubernetesDefinition.capabilities, permissions: false, remote: false },
};

/** A Secret as the kubelet mounts it. */
export async function makeMountHarness(): Promise<ConfigurableHarness> {
  const volume = await createSecretVolume();
  const options = { mountPath: volume.mountPath, key: KEY };
  let requests = 0;

  return {
    name: 'kubernetes, mounted file',
    ...inConfig('kubernetes', { ...options, env: {} }),
    source(overrides) {
      const source = kubernetesKeySource({ ...options, ...overrides });
      return {
        ...source,
        read(context) {
          requests += 1;
          return source.read(context);
        },
      };
    },
    put: (value) => volume.put({ [KEY]: value, other: 'beside it' }),
    remove: () => volume.put({ other: 'beside it' }),
    break: async (mode) => {
      throw new Error(`a mounted file can not be ${mode}`);
    },
    heal: async () => undefined,
    requestCount: () => requests,
    secrets: [],
    fields: { whole: {}, field: (field) => ({ field }) },
    hostilePaths: [{ key: '../api_key' }, { key: '..data' }, { key: 'a/b' }],
    close: () => volume.remove(),
  };
}
