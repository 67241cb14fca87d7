import { createKeyProvider, isKeyError } from '@magic-hour-keys/core';
import type {
  KeyErrorCode,
  KeyEvent,
  KeyProviderOptions,
  KeySource,
  ManagedKeyProvider,
} from '@magic-hour-keys/core';
import {
  createManualClock,
  createMemorySource,
  type ManualClock,
  type MemorySource,
} from '@magic-hour-keys/testing';

export { DAY, HOUR, MINUTE, SECOND } from '../../simulation/durations.ts';

export interface World<Source extends KeySource = MemorySource> {
  readonly clock: ManualClock;
  readonly source: Source;
  readonly provider: ManagedKeyProvider;
  readonly events: readonly KeyEvent[];
  readonly types: () => readonly string[];
}

/** A provider over a memory source on a manual clock, without jitter unless a test sets the random numbers. */
export function createWorld(options?: Omit<KeyProviderOptions, 'runtime'>): World;
export function createWorld<Source extends KeySource>(
  options: Omit<KeyProviderOptions, 'runtime'>,
  source: Source,
): World<Source>;
export function createWorld(
  options: Omit<KeyProviderOptions, 'runtime'> = {},
  source: KeySource = createMemorySource(),
): World<KeySource> {
  const clock = createManualClock();
  clock.setRandom(() => 0.5);
  const events: KeyEvent[] = [];
  const provider = createKeyProvider(source, {
    ...options,
    runtime: clock.runtime,
    onEvent: (event) => {
      events.push(event);
      options.onEvent?.(event);
    },
  });
  return { clock, source, provider, events, types: () => events.map((event) => event.type) };
}

/** The value a caller gets now, or the code of the error. */
export async function outcome(
  pending: Promise<{ reveal(): string } | undefined>,
): Promise<string | undefined> {
  try {
    return (await pending)?.reveal();
  } catch (error) {
    if (isKeyError(error)) return error.code;
    throw error;
  }
}

/** A source of which every member may be replaced. */
export function sourceOf(members: Partial<KeySource> & Pick<KeySource, 'read'>): KeySource {
  return { name: 'test', location: 'in memory', ...members };
}

export const CODES: readonly KeyErrorCode[] = [
  'not_configured',
  'not_found',
  'disabled',
  'access_denied',
  'unauthenticated',
  'invalid_key',
  'invalid_config',
  'throttled',
  'timeout',
  'unavailable',
  'unknown',
];
