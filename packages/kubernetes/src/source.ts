import {
  createKeyProvider,
  KeyError,
  type KeyProviderOptions,
  type KeySource,
  type ManagedKeyProvider,
} from '@magic-hour-keys/core';
import type { SecretReader } from './api/secret-reader.ts';
import { classifyRefusal } from './classify.ts';
import {
  isMounted,
  resolveOptions,
  type ApiSettings,
  type KubernetesClient,
  type KubernetesOptions,
  type MountSettings,
} from './options.ts';

/**
 * A ready provider that reads a Kubernetes Secret.
 *
 * @throws KeyError `invalid_config` for options that can't be meant.
 */
export function kubernetesKeyProvider(
  options: KubernetesOptions,
  providerOptions: KeyProviderOptions = {},
): ManagedKeyProvider {
  const { runtime } = providerOptions;
  return createKeyProvider(kubernetesKeySource({ runtime, ...options }), providerOptions);
}

/**
 * The bare source: of a mounted file where `mountPath` is given, for which no SDK is loaded; else of the API server,
 * for which client-node is loaded at the first read. `version` is the Secret's resourceVersion, or the name of the folder
 * that the kubelet has made for it; neither says which is newer, so there is no `sequence`. `createdAt`, of the API server
 * alone, is the time when this key was written last.
 *
 * @throws KeyError `invalid_config` for options that can't be meant. A read fails with `not_configured` (neither
 * kubeconfig nor pod), `unauthenticated`, `access_denied`, `not_found`, `invalid_config` (also a missing package),
 * `invalid_key`, `throttled`, `timeout` or `unavailable`.
 */
export function kubernetesKeySource(options: KubernetesOptions): KeySource {
  const settings = resolveOptions(options);
  if (isMounted(settings)) return mountedSource(settings);
  return settings.client ? handedInSource(settings, settings.client) : apiSource(settings);
}

function mountedSource(settings: MountSettings): KeySource {
  let seen: string | undefined;
  return {
    name: 'kubernetes',
    location: settings.location,
    async read({ signal }) {
      const { readMountedFile } = await import('./mount/mounted-file.ts');
      const { reading, identity } = await readMountedFile(settings, signal);
      seen = identity;
      return reading;
    },
    async watch(onChange, { signal }) {
      const { watchMount } = await import('./mount/watch-mount.ts');
      return watchMount(settings, () => seen, onChange, signal);
    },
  };
}

/** Its transport can't be told to watch. */
function handedInSource(settings: ApiSettings, client: KubernetesClient): KeySource {
  return {
    name: 'kubernetes',
    location: settings.location,
    async read() {
      const [{ askHandedIn }, { pickKey }] = await Promise.all([
        import('./api/handed-in-client.ts'),
        import('./api/pick-key.ts'),
      ]);
      return pickKey(await askHandedIn(client, settings), settings);
    },
    classify: (error) => classifyRefusal(error, settings),
  };
}

function apiSource(settings: ApiSettings): KeySource {
  let opening: Promise<SecretReader> | undefined;
  let reader: SecretReader | undefined;
  let isClosed = false;

  async function open(): Promise<SecretReader> {
    if (isClosed) throw new KeyError({ code: 'closed', source: 'kubernetes', location: settings.location });
    const { createSecretReader } = await import('./api/secret-reader.ts');
    reader = createSecretReader(settings);
    return reader;
  }

  function reach(): Promise<SecretReader> {
    opening ??= open();
    return opening;
  }

  return {
    name: 'kubernetes',
    location: settings.location,
    read: async (context) => (await reach()).read(context),
    watch: async (onChange, { signal }) => (await reach()).watch(onChange, signal),
    classify: (error) => reader?.classify(error) ?? classifyRefusal(error, settings),
    async close() {
      isClosed = true;
      (await opening?.catch(() => undefined))?.close();
    },
  };
}
