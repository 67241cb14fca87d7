import {
  createKeyProvider,
  type KeyProviderOptions,
  type KeyReading,
  type KeySource,
  type ManagedKeyProvider,
} from '@magic-hour-keys/core';
import { createClassifier, isNotFound } from './classify.ts';
import { CURRENT, resolveOptions, type AwsOptions } from './options.ts';
import { readVersion } from './read-version.ts';
import { createAwsSessions } from './sessions.ts';

/**
 * A ready provider that reads AWS Secrets Manager.
 *
 * @throws KeyError `invalid_config` for options that can't be meant.
 */
export function awsKeyProvider(
  options: AwsOptions,
  providerOptions: KeyProviderOptions = {},
): ManagedKeyProvider {
  return createKeyProvider(awsKeySource(options), providerOptions);
}

/**
 * The bare source. A read is one GetSecretValue. The SDK is loaded and the login made at the first one; credentials
 * that are refused later are looked up anew, once, within the read. `version` is the version's id, `createdAt` the
 * time when it was stored, and `sequence` the same in milliseconds.
 *
 * @throws KeyError `invalid_config` for options that can't be meant. A read fails with `not_found`, `disabled` (marked
 * for deletion), `access_denied`, `unauthenticated`, `invalid_key`, `invalid_config` (also a missing package or
 * region), `throttled`, `timeout` or `unavailable`.
 */
export function awsKeySource(options: AwsOptions): KeySource {
  const settings = resolveOptions(options);
  const sessions = createAwsSessions(settings);
  const classify = createClassifier(settings);

  async function readPrevious(signal: AbortSignal): Promise<KeyReading | undefined> {
    try {
      return await readVersion(sessions, { VersionStage: 'AWSPREVIOUS' }, settings, signal);
    } catch (raw) {
      if (isNotFound(raw)) return undefined;
      throw raw;
    }
  }

  return {
    name: 'aws',
    location: settings.location,
    read: ({ signal }) => readVersion(sessions, settings.version, settings, signal),
    // Of a version or label that was pinned, nothing is the previous one.
    ...(settings.versionId === undefined &&
      (settings.stage ?? CURRENT) === CURRENT && { readPrevious: ({ signal }) => readPrevious(signal) }),
    classify,
    close: async () => sessions.close(),
  };
}
