import {
  createKeyProvider,
  type KeyProviderOptions,
  type KeySource,
  type ManagedKeyProvider,
} from '@magic-hour-keys/core';
import { createClassifier } from './classify.ts';
import { LATEST, resolveOptions, type GcpOptions } from './options.ts';
import { readPrevious, readVersion } from './read-version.ts';
import { createGcpSessions } from './sessions.ts';

/**
 * A ready provider that reads Google Secret Manager.
 *
 * @throws KeyError `invalid_config` for options that can't be meant.
 */
export function gcpKeyProvider(
  options: GcpOptions,
  providerOptions: KeyProviderOptions = {},
): ManagedKeyProvider {
  return createKeyProvider(gcpKeySource(options), providerOptions);
}

/**
 * The bare source. A read is one AccessSecretVersion. The SDK is loaded and the login made at the first one; a login
 * that is refused later is looked up anew, once, within the read. `version` and `sequence` are the version's number.
 *
 * @throws KeyError `invalid_config` for options that can't be meant. A read fails with `not_found`, `disabled` (also
 * destroyed), `access_denied`, `unauthenticated`, `invalid_key`, `invalid_config` (also a missing package or project),
 * `throttled`, `timeout` or `unavailable`.
 */
export function gcpKeySource(options: GcpOptions): KeySource {
  const settings = resolveOptions(options);
  const sessions = createGcpSessions(settings);
  const { version } = settings;
  return {
    name: 'gcp',
    location: settings.location,
    read: ({ signal }) => readVersion(sessions, version, settings, signal),
    // Of a number or alias that was pinned, nothing is the previous one.
    ...(version === LATEST && { readPrevious: ({ signal }) => readPrevious(sessions, settings, signal) }),
    classify: createClassifier(settings),
    close: async () => sessions.close(),
  };
}
