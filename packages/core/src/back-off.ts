import type { KeyRuntime } from './key-runtime.ts';

const FIRST_MS = 1000;
const LONGEST_MS = 60_000;
const SHORTEST_RETRY_AFTER_MS = 1000;
const LONGEST_RETRY_AFTER_MS = 5 * 60_000;

/**
 * The pause after the `failures`th failure in a row: 1 s doubling to 60 s, of which half is jitter. Equal jitter has a
 * lower peak than full jitter at the same cap, because the very short pauses vanish.
 */
export function backOffMs(failures: number, runtime: KeyRuntime, firstMs: number = FIRST_MS): number {
  const step = Math.min(LONGEST_MS, firstMs * 2 ** (failures - 1));
  return step * (0.5 + 0.5 * runtime.random());
}

/** A store's Retry-After, kept within 1 second and 5 minutes; undefined where it said nothing usable. */
export function clampRetryAfterMs(retryAfterMs: number | undefined): number | undefined {
  if (retryAfterMs === undefined || Number.isNaN(retryAfterMs)) return undefined;
  return Math.min(LONGEST_RETRY_AFTER_MS, Math.max(SHORTEST_RETRY_AFTER_MS, retryAfterMs));
}
