import type { KeyRuntime } from './key-runtime.ts';

/** A moment on both clocks. */
export interface Moment {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

export function momentNow(runtime: KeyRuntime): Moment {
  return { wallMs: runtime.wallMs(), monotonicMs: runtime.monotonicMs() };
}

/**
 * The larger of both clocks' differences: the monotonic clock stands still while the machine sleeps (node#47724), and
 * the wall clock may be set back, so each covers for the other.
 */
export function elapsedMs(since: Moment, at: Moment): number {
  return Math.max(at.wallMs - since.wallMs, at.monotonicMs - since.monotonicMs);
}
