import { elapsedMs, type Moment } from './age.ts';
import type { KeyRuntime } from './key-runtime.ts';

// Rules 6 and 7: what the API has rejected. A barred value never replaces another key, and the store is not asked
// again for it before its hold-down ends.

const MOST_REMEMBERED = 8;
export const FIRST_HOLD_DOWN_MS = 5000;
const LONGEST_HOLD_DOWN_MS = 60_000;
/** Upward only, so that the hold-down is a promise to the store. */
const JITTER = 0.25;

interface Bar {
  readonly since: Moment;
  readonly forMs: number;
  /** How often in a row the store gave this same value again. */
  readonly repeats: number;
}

export interface BarredValues {
  isBarred(value: string, at: Moment): boolean;
  /** Bars the value for a time: without end while its renewal is under way. */
  bar(value: string, forMs: number, at: Moment): void;
  /** The store gave the same value again: 5 s, doubling to 60 s. Returns the hold-down. */
  holdDown(value: string, at: Moment): number;
  /** A new value was adopted: the next hold-down of every value starts small again. */
  reset(at: Moment): void;
}

export function createBarredValues(runtime: KeyRuntime): BarredValues {
  const bars = new Map<string, Bar>();

  function repeatsOf(value: string): number {
    return bars.get(value)?.repeats ?? 0;
  }

  function set(value: string, since: Moment, forMs: number, repeats: number): void {
    bars.delete(value);
    bars.set(value, { since, forMs, repeats });
    const [oldest = value] = bars.keys();
    if (bars.size > MOST_REMEMBERED) bars.delete(oldest);
  }

  return {
    isBarred(value, at) {
      const bar = bars.get(value);
      return bar !== undefined && elapsedMs(bar.since, at) < bar.forMs;
    },
    bar(value, forMs, at) {
      set(value, at, forMs, repeatsOf(value));
    },
    holdDown(value, at) {
      const repeats = repeatsOf(value);
      const step = Math.min(LONGEST_HOLD_DOWN_MS, FIRST_HOLD_DOWN_MS * 2 ** repeats);
      const forMs = step * (1 + JITTER * runtime.random());
      set(value, at, forMs, repeats + 1);
      return forMs;
    },
    reset(at) {
      for (const [value, { since, forMs }] of bars) {
        const endMs = elapsedMs(since, at) + FIRST_HOLD_DOWN_MS;
        bars.set(value, { since, forMs: Math.min(forMs, endMs), repeats: 0 });
      }
    },
  };
}
