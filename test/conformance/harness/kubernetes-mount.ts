import { kubernetesKeySource } from '@magic-hour-keys/kubernetes';
import { kubernetesDefinition } from '@magic-hour-keys/kubernetes/definition';
import type { SourceHarness } from '@magic-hour-keys/testing/conformance';
import { createSecretVolume } from '../../integration/kubernetes/secret-volume.ts';

const KEY = 'api_key';

/** A mounted file needs no network and no permission. */
export const mountedDefinition: typeof kubernetesDefinition = {
  ...kubernetesDefinition,
  capabilities: { ...kubernetesDefinition.capabilities, permissions: false, remote: false },
};

/** A Secret as the kubelet mounts it. */
export async function makeMountHarness(): Promise<SourceHarness> {
  const volume = await createSecretVolume();
  let requests = 0;

  return {
    name: 'kubernetes, mounted file',
    source(overrides) {
      const source = kubernetesKeySource({ mountPath: volume.mountPath, key: KEY, ...overrides });
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
