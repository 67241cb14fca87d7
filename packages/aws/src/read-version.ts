import { KeyError, type KeyReading } from '@magic-hour-keys/core';
import { selectField } from '@magic-hour-keys/core/author';
import type { AwsSettings, AwsVersion } from './options.ts';
import type { AwsSessions } from './sessions.ts';

/** One version of the secret, in one request. */
export async function readVersion(
  sessions: AwsSessions,
  version: AwsVersion,
  settings: AwsSettings,
  signal: AbortSignal,
): Promise<KeyReading> {
  // The label is always named: servers that stand in for AWS take something else for the default (measured with moto).
  const answer = await sessions.getSecretValue({ SecretId: settings.secretId, ...version }, signal);
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
    value: pickField(value, settings),
    version,
    ...(createdAt && { createdAt, sequence: createdAt.getTime() }),
  };
}

/** Bytes are passed on as they are, unless a member is to be found in them. */
function pickField(value: string | Uint8Array, settings: AwsSettings): string | Uint8Array {
  const { field, location } = settings;
  if (field === undefined) return value;
  const text = typeof value === 'string' ? value : decode(value, settings);
  return selectField(text, field, { source: 'aws', location });
}

function decode(bytes: Uint8Array, { location }: AwsSettings): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new KeyError({
      code: 'invalid_key',
      source: 'aws',
      location,
      message: 'the stored bytes are not UTF-8 text, so they have no members',
      hint: 'Store JSON; or, if the key is stored alone, leave the option `field` out.',
    });
  }
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
    hint: 'Something between here and AWS answered in its place. Check `endpoint` and proxies.',
  });
}
