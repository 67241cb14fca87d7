import { elapsedMs, type Moment } from './age.ts';

// Rules 6 and 7: what the API has rejected. A barred value never replaces another key, and the store is not asked
// again for it before its hold-down ends.

const MOST_REMEMBERED = 8;
const FIRST_HOLD_DOWN_MS = 5000;
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
  /** Barred until another call says for how long: while its renewal is under way. */
  bar(value: string, at: Moment): void;
  /** Bars the value for the first hold-down, unless it is barred already. */
  remember(value: string, at: Moment): void;
  /** The store gave the same value again: 5 s, doubling to 60 s. Returns the hold-down. */
  holdDown(value: string, at: Moment): number;
  /** Bars the value for a given time without counting it as a repeat. */
  holdFor(value: string, forMs: number, at: Moment): void;
  /** A new value was adopted: the next hold-down of every value starts small again. */
  reset(at: Moment): void;
}

export function createBarredValues(random: () => number): BarredValues {
  const bars = new Map<string, Bar>();

  function set(value: string, bar: Bar): void {
    bars.delete(value);
    bars.set(value, bar);
    const oldest = bars.keys().next();
    if (bars.size > MOST_REMEMBERED && !oldest.done) bars.delete(oldest.value);
  }

  function isBarred(value: string, at: Moment): boolean {
    const bar = bars.get(value);
    return bar !== undefined && elapsedMs(bar.since, at) < bar.forMs;
  }

  return {
    isBarred,
    bar(value, at) {
      set(value, { since: at, forMs: Number.POSITIVE_INFINITY, repeats: bars.get(value)?.repeats ?? 0 });
    },
    remember(value, at) {
      if (isBarred(value, at)) return;
      set(value, { since: at, forMs: FIRST_HOLD_DOWN_MS, repeats: bars.get(value)?.repeats ?? 0 });
    },
    holdDown(value, at) {
      const repeats = bars.get(value)?.repeats ?? 0;
      const step = Math.min(LONGEST_HOLD_DOWN_MS, FIRST_HOLD_DOWN_MS * 2 ** repeats);
      const forMs = step * (1 + JITTER * random());
      set(value, { since: at, forMs, repeats: repeats + 1 });
      return forMs;
    },
    holdFor(value, forMs, at) {
      set(value, { since: at, forMs, repeats: bars.get(value)?.repeats ?? 0 });
    },
    reset(at) {
      for (const [value, bar] of bars) {
        const forMs = Math.min(bar.forMs, elapsedMs(bar.since, at) + FIRST_HOLD_DOWN_MS);
        bars.set(value, { since: bar.since, forMs, repeats: 0 });
      }
    },
  };
}
