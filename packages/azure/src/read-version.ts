import { KeyError, type KeyReading } from '@magic-hour-keys/core';
import { selectField } from '@magic-hour-keys/core/author';
import { HINT_NOT_KEY_VAULT, hintDisabled } from './hints.ts';
import { dateOf, membersOf } from './members-of.ts';
import type { AzureSettings } from './options.ts';
import type { AzureSession } from './session.ts';

/** One version of the secret, in one request: the newest, where none is named. */
export async function readVersion(
  session: AzureSession,
  version: string | undefined,
  settings: AzureSettings,
  signal: AbortSignal,
): Promise<KeyReading> {
  return toReading(await session.getSecret(version, signal), settings);
}

/**
 * The answer as a reading. Key Vault also gives out secrets that are not valid yet or no longer; their times are
 * passed on, and core enforces them.
 */
function toReading(answer: unknown, settings: AzureSettings): KeyReading {
  const { value, properties } = membersOf(answer);
  const { version, enabled, createdOn, notBefore, expiresOn } = membersOf(properties);
  // The SDK takes anything with an id for a secret.
  if (typeof value !== 'string' || typeof version !== 'string' || version === '') throw notAnAnswer(settings);
  // Key Vault refuses to give it out; emulators do not.
  if (enabled === false) throw disabledSecret(settings);
  const createdAt = dateOf(createdOn);
  const { field, location } = settings;
  return {
    value: selectField(value, field, { source: 'azure', location }),
    version,
    ...(createdAt && { createdAt, sequence: createdAt.getTime() }),
    notBefore: dateOf(notBefore),
    expiresAt: dateOf(expiresOn),
  };
}

function disabledSecret(settings: AzureSettings): KeyError {
  return new KeyError({
    code: 'disabled',
    source: 'azure',
    location: settings.location,
    message: 'the secret is disabled',
    hint: hintDisabled(settings),
  });
}

function notAnAnswer({ location }: AzureSettings): KeyError {
  return new KeyError({
    code: 'unavailable',
    source: 'azure',
    location,
    message: 'the answer is not one of Key Vault',
    hint: HINT_NOT_KEY_VAULT,
  });
}
