import { createSecretVolume } from '../../integration/kubernetes/secret-volume.ts';
import { makeKubernetesHarness } from '../../conformance/harness/kubernetes.ts';
import { kubernetesKeyProvider, kubernetesKeySource } from '@magic-hour-keys/kubernetes';
import type { SourceUnderTest } from '../source-under-test.ts';
import { overAFake } from './over-a-fake.ts';

export const kubernetesApi: SourceUnderTest = overAFake({
  name: 'kubernetes, API',
  makeHarness: makeKubernetesHarness,
  loadSdk: () => import('@kubernetes/client-node'),
});

/** As the kubelet mounts it. */
export const kubernetesMount: SourceUnderTest = {
  name: 'kubernetes, mounted file',
  async open({ canaries }) {
    const volume = await createSecretVolume();
    await volume.put({ api_key: canaries.key });
    return {
      source: kubernetesKeySource({ mountPath: volume.mountPath, key: 'api_key' }),
      hasRealIo: true,
      async store(value) {
        await volume.put(value === undefined ? {} : { api_key: value });
        return true;
      },
      wrongOptions: {
        'a key where the path belongs': () => kubernetesKeyProvider({ mountPath: canaries.key }),
        'a key as the name of the key': () =>
          kubernetesKeyProvider({ mountPath: volume.mountPath, key: canaries.key }),
      },
      close: () => volume.remove(),
    };
  },
};
