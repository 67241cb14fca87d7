import type { Moment } from '../../../simulation/lean-clock.ts';
import { elapsed, MINUTE, SECOND } from './moments.ts';

// Rules 6 and 7 from outside: from when to when a rejected value is barred for certain, and from when on it is
// certainly not barred any more.

const FIRST_HOLD_DOWN_MS = 5 * SECOND;
/** The longest pause of all, a Retry-After. */
const LONGEST_BAR_MS = 5 * MINUTE;
const MOST_REMEMBERED = 8;

interface SeenBar {
  readonly since: Moment;
  readonly forMs: number;
}

export interface BarsSeen {
  /** Somebody waits for the renewal of this value. */
  awaitRenewal(value: string, at: Moment): void;
  /** A caller was told of another key, or of none, at once. */
  touch(value: string, at: Moment): void;
  noteRenewed(value: string, outcome: string, holdDownMs: number, at: Moment): void;
  noteAdoption(at: Moment): void;
  isSurelyBarred(value: string, at: Moment): boolean;
  isSurelyFree(value: string, at: Moment): boolean;
  wasRejected(value: string): boolean;
}

export function createBarsSeen(): BarsSeen {
  const bars = new Map<string, SeenBar>();
  const touched = new Map<string, Moment>();

  /** The later one on each clock, because a bar of before a jump counts as well. */
  function touch(value: string, at: Moment): void {
    const last = touched.get(value) ?? at;
    const wallMs = Math.max(last.wallMs, at.wallMs);
    touched.set(value, { wallMs, monotonicMs: at.monotonicMs });
  }

  function set(value: string, bar: SeenBar): void {
    bars.delete(value);
    bars.set(value, bar);
    touch(value, bar.since);
    const oldest = bars.keys().next();
    if (bars.size > MOST_REMEMBERED && !oldest.done) bars.delete(oldest.value);
  }

  return {
    awaitRenewal: (value, at) => set(value, { since: at, forMs: Infinity }),
    touch(value, at) {
      touch(value, at);
      // It may have pushed out another one.
      if (!bars.has(value) && bars.size >= MOST_REMEMBERED) bars.clear();
    },
    noteRenewed(value, outcome, holdDownMs, at) {
      touch(value, at);
      const bar = bars.get(value);
      const restMs = bar ? bar.forMs - elapsed(bar.since, at) : 0;
      const isRepeat = outcome !== 'new-key';
      set(value, { since: at, forMs: isRepeat ? holdDownMs : Math.min(restMs, FIRST_HOLD_DOWN_MS) });
    },
    noteAdoption(at) {
      for (const [value, { since, forMs }] of bars) {
        touch(value, at);
        bars.set(value, { since, forMs: Math.min(forMs, elapsed(since, at) + FIRST_HOLD_DOWN_MS) });
      }
    },
    isSurelyBarred(value, at) {
      const bar = bars.get(value);
      return bar !== undefined && elapsed(bar.since, at) < bar.forMs;
    },
    isSurelyFree(value, at) {
      const bar = bars.get(value);
      if (bar?.forMs === Infinity) return false;
      const last = touched.get(value);
      return last === undefined || elapsed(last, at) > LONGEST_BAR_MS;
    },
    wasRejected: (value) => touched.has(value),
  };
}
