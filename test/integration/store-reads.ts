// Reads of a source as its tests need them, for every store alike.
import {
  createKeyProvider,
  isKeyError,
  type KeyError,
  systemRuntime,
  type KeyReading,
  type KeyRuntime,
  type KeySource,
  type ReadReason,
} from '@magic-hour-keys/core';
import { createManualClock, findLeaks } from '@magic-hour-keys/testing';
import { expect } from 'vitest';

export const NEVER: AbortSignal = new AbortController().signal;

/** @param how why it is read, or what ends it */
export function read(source: KeySource, how: ReadReason | AbortSignal = 'initial'): Promise<KeyReading> {
  return source.read(
    typeof how === 'string' ? { signal: NEVER, reason: how } : { signal: how, reason: 'initial' },
  );
}

/**
 * The error as users see it, through a provider. It must not show any of the secrets. Time stands still, and no second
 * attempt fits into what is left of the deadline.
 */
export async function failureOf(source: KeySource, secrets: readonly string[]): Promise<KeyError> {
  const provider = createKeyProvider(source, { runtime: createManualClock().runtime, deadlineMs: 1 });
  const error: unknown = await provider.getKey().catch((thrown: unknown) => thrown);
  await provider.close();
  if (!isKeyError(error)) throw new Error('no KeyError was thrown');
  expect(findLeaks(error, secrets)).toEqual([]);
  return error;
}

/** What core would make of the failure of a read, without a provider that would try again. */
export function readFailure(source: KeySource, reason?: ReadReason): Promise<Partial<KeyError>> {
  return classifyFailure(read(source, reason), source);
}

export async function classifyFailure(
  reading: Promise<unknown>,
  source: KeySource,
): Promise<Partial<KeyError>> {
  const error: unknown = await reading.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error === undefined) throw new Error('the read did not fail');
  if (isKeyError(error)) return error;
  const verdict = source.classify?.(error);
  if (typeof verdict === 'object') return verdict;
  throw new Error('the failure was not classified', { cause: error });
}

/** Pauses between attempts are left out; deadlines are not. */
export function createHurriedRuntime(): KeyRuntime {
  const { setTimer, ...others } = systemRuntime();
  return { ...others, setTimer: (ms, run, keepAlive) => setTimer(ms > 2000 ? ms : 0, run, keepAlive) };
}

/** For what happens beside a read. The limit is only there for tests that fail. */
export function expectEventually<T>(get: () => T): ReturnType<typeof expect.poll<T>> {
  return expect.poll(get, { timeout: 30_000, interval: 5 });
}
