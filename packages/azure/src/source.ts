import {
  createKeyProvider,
  type KeyProviderOptions,
  type KeySource,
  type ManagedKeyProvider,
} from '@magic-hour-keys/core';
import { createClassifier } from './classify.ts';
import { resolveOptions, type AzureOptions } from './options.ts';
import { readPrevious } from './read-previous.ts';
import { readVersion } from './read-version.ts';
import { createAzureSessions } from './sessions.ts';

/**
 * A ready provider that reads Azure Key Vault.
 *
 * @throws KeyError `invalid_config` for options that can't be meant.
 */
export function azureKeyProvider(
  options: AzureOptions,
  providerOptions: KeyProviderOptions = {},
): ManagedKeyProvider {
  return createKeyProvider(azureKeySource(options), providerOptions);
}

/**
 * The bare source. A read is one GET of the secret. The SDK is loaded and the login made at the first one; credentials
 * that are refused later are looked up anew, once, within the read. `version` is the version's id, `createdAt` the
 * time when it was stored, and `sequence` the same in milliseconds, in steps of a second.
 *
 * @throws KeyError `invalid_config` for options that can't be meant. A read fails with `not_found` (also a deleted
 * secret), `disabled`, `access_denied`, `unauthenticated`, `invalid_key`, `invalid_config` (also a missing package, or
 * a vault that asks for somebody else's token), `throttled`, `timeout` or `unavailable`.
 */
export function azureKeySource(options: AzureOptions): KeySource {
  const settings = resolveOptions(options);
  const sessions = createAzureSessions(settings);
  const { version, location } = settings;
  return {
    name: 'azure',
    location,
    read: ({ signal }) => sessions.use(signal, (session) => readVersion(session, version, settings, signal)),
    // Of a version that was pinned, nothing is the previous one.
    ...(version === undefined && {
      readPrevious: ({ signal }) =>
        sessions.use(signal, (session) => readPrevious(session, settings, signal)),
    }),
    classify: createClassifier(settings, (error) => sessions.networkFailure(error)),
    close: async () => sessions.close(),
  };
}
