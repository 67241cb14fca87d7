import { elapsedMs, type Moment } from './age.ts';
import type { ApiKey } from './api-key.ts';
import type { CheckedReading } from './check-reading.ts';
import type { KeyRuntime } from './key-runtime.ts';

/** The key in memory, and how long the store's word for it counts. */
export interface HeldKey extends CheckedReading {
  /** The one promise that every warm `getKey()` returns: the fastest thing that can be awaited. */
  readonly promise: Promise<ApiKey>;
  /** When the read began that last confirmed it. */
  readonly confirmedAt: Moment;
  readonly freshForMs: number;
}

/** Below this a key near its expiry would be read in ever shorter steps. */
const SHORTEST_FRESH_MS = 1000;
/** The rest of a key's life is left for a background read, so that nobody waits at expiry. */
const FRESH_SHARE_OF_LIFE = 0.8;

/** Keeps the `ApiKey` and its promise when the store gave the same key with the same metadata again. */
export function holdKey(
  reading: CheckedReading,
  previous: HeldKey | undefined,
  confirmedAt: Moment,
  freshForMs: number,
): HeldKey {
  const same = previous && isSameKey(previous, reading) ? previous : undefined;
  const key = same?.key ?? reading.key;
  return {
    ...reading,
    key,
    promise: same?.promise ?? Promise.resolve(key),
    confirmedAt,
    freshForMs: capByExpiry(freshForMs, reading.expiresAtMs - confirmedAt.wallMs),
  };
}

/** Rule 1: the first period uniform in 10 to 100 %, so that a fleet started at once spreads; later ones ±20 %. */
export function freshPeriodMs(freshMs: number, isFirst: boolean, runtime: KeyRuntime): number {
  return freshMs * (isFirst ? 0.1 + 0.9 * runtime.random() : 0.8 + 0.4 * runtime.random());
}

export function ageMs(held: HeldKey, at: Moment): number {
  return Math.max(0, elapsedMs(held.confirmedAt, at));
}

function isSameKey(previous: CheckedReading, reading: CheckedReading): boolean {
  return (
    previous.value === reading.value &&
    previous.key.version === reading.key.version &&
    previous.key.source === reading.key.source &&
    previous.key.createdAt?.getTime() === reading.key.createdAt?.getTime()
  );
}

function capByExpiry(freshForMs: number, lifeMs: number): number {
  const share = Math.max(lifeMs * FRESH_SHARE_OF_LIFE, Math.min(SHORTEST_FRESH_MS, lifeMs));
  return Math.min(freshForMs, share);
}
