import { KeyError, type KeyReading } from '@magic-hour-keys/core';
import { selectField, type Sessions } from '@magic-hour-keys/core/author';
import { HINT_NOT_AWS } from './hints.ts';
import type { AwsSettings, AwsVersion } from './options.ts';
import type { AwsSession } from './session.ts';

/** One version of the secret, in one request. */
export async function readVersion(
  sessions: Sessions<AwsSession>,
  version: AwsVersion,
  settings: AwsSettings,
  signal: AbortSignal,
): Promise<KeyReading> {
  // The label is always named: servers that stand in for AWS take something else for the default (measured with moto).
  const input = { SecretId: settings.secretId, ...version };
  const answer = await sessions.use(signal, ({ send, sdk }) =>
    send(new sdk.GetSecretValueCommand(input), signal),
  );
  return toReading(answer, settings);
}

/**
 * The answer as a reading. Its shape is checked, because the SDK takes an empty body, or JSON of anything else, for
 * success.
 */
function toReading(answer: unknown, settings: AwsSettings): KeyReading {
  const {
    SecretString: text,
    SecretBinary: bytes,
    VersionId: version,
    CreatedDate: created,
  } = membersOf(answer);
  const value = typeof text === 'string' ? text : bytes;
  const isValue = typeof value === 'string' || value instanceof Uint8Array;
  if (!isValue || typeof version !== 'string') throw notAnAnswer(settings);
  const createdAt = created instanceof Date && !Number.isNaN(created.getTime()) ? created : undefined;
  return {
    value: selectField(value, settings.field, { source: 'aws', location: settings.location }),
    version,
    ...(createdAt && { createdAt, sequence: createdAt.getTime() }),
  };
}

function membersOf(answer: unknown): Readonly<Record<string, unknown>> {
  return { ...(answer as object | undefined) };
}

function notAnAnswer({ location }: AwsSettings): KeyError {
  return new KeyError({
    code: 'unavailable',
    source: 'aws',
    location,
    message: 'the answer is not one of Secrets Manager',
    hint: HINT_NOT_AWS,
  });
}
