import assert from 'node:assert/strict';
import { isKeyError, type KeyError, type KeyErrorCode } from '@magic-hour-keys/core';
import type { PlantedSecrets } from './planted-secrets.ts';
import type { Reader, Seen } from './route.ts';

/** One read that has to succeed, and give that key if one is named. */
export async function expectKey(reader: Reader, secrets: PlantedSecrets, key?: string): Promise<Seen> {
  const outcome = await attempt(reader, secrets);
  if ('error' in outcome) assert.fail(`the read failed: ${describe(outcome.error)}`);
  if (key !== undefined) assert.ok(outcome.seen.key.reveal() === key, 'the read gave another key');
  return outcome.seen;
}

/** One read that has to fail with one of these codes. */
export async function expectFailure(
  reader: Reader,
  secrets: PlantedSecrets,
  codes: readonly KeyErrorCode[],
): Promise<KeyError> {
  const outcome = await attempt(reader, secrets);
  const wanted = codes.join(' or ');
  if ('seen' in outcome) assert.fail(`the read gave a key; it should have failed with ${wanted}`);
  const { error } = outcome;
  if (!isKeyError(error)) assert.fail(`the read failed with ${describe(error)}, not with a KeyError`);
  assert.ok(codes.includes(error.code), `it should have failed with ${wanted}: ${describe(error)}`);
  return error;
}

/** Whatever a read fails with is searched before anything of it is told. */
async function attempt(
  reader: Reader,
  { staysHidden }: PlantedSecrets,
): Promise<{ seen: Seen } | { error: unknown }> {
  try {
    return { seen: await reader.read() };
  } catch (error) {
    staysHidden(error, 'the error');
    return { error };
  }
}

/** The text of a KeyError has been searched by now; that of any other error may hold anything. */
function describe(error: unknown): string {
  if (isKeyError(error)) return error.message;
  return error instanceof Error ? error.name : typeof error;
}
