/** Uniform numbers in [0, 1), the same ones for the same seed: mulberry32 (Tommy Ettinger, public domain). */
export function createSeeded(seed: number): Seeded {
  let state = seed | 0;
  function next(): number {
    state = (state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  return {
    next,
    between: (low, high) => low + (high - low) * next(),
    logBetween: (low, high) => low * (high / low) ** next(),
    waitFor: (meanMs) => -Math.log(1 - next()) * meanMs,
    chance: (share) => next() < share,
    pick: (items) => items[Math.floor(next() * items.length)] as never,
  };
}

export interface Seeded {
  next(): number;
  between(low: number, high: number): number;
  /** Every order of magnitude is as likely as every other. */
  logBetween(low: number, high: number): number;
  /** The time until the next event of a Poisson process. */
  waitFor(meanMs: number): number;
  chance(share: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
}
