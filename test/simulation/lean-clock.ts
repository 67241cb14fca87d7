import type { KeyRuntime } from '@magic-hour-keys/core';

/** A moment on both clocks. */
export interface Moment {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

/**
 * Virtual time for runs of millions of steps. Unlike the manual clock of the testing package it moves synchronously
 * where nothing is due, and one turn of the event loop is all it takes to let promises settle.
 */
export interface LeanClock {
  readonly runtime: KeyRuntime;
  now(): Moment;
  /** True while a timer's function runs. */
  readonly inTimer: boolean;
  /** Whether `pass(ms)` would skip a timer. */
  isDueWithin(ms: number): boolean;
  /** Milliseconds until the next timer; Infinity when there is none. */
  nextDueInMs(): number;
  /** Both clocks move on; no timer runs. */
  pass(ms: number): void;
  /** Both clocks move on, timers run in order at their own time, and promises settle between them. */
  advance(ms: number): Promise<void>;
  /** The wall clock alone; may be negative. */
  jumpWall(ms: number): void;
  /** A blocked event loop: both clocks jump, then what fell due runs late. */
  stall(ms: number): Promise<void>;
  settle(): Promise<void>;
  timers(): readonly { readonly dueMs: number; readonly keepAlive: boolean }[];
}

interface Timer {
  readonly dueMs: number;
  readonly run: () => void;
  readonly keepAlive: boolean;
}

const START_OF_2026 = 1_767_225_600_000;

/** Every microtask runs before the next immediate does. */
export function settle(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

/** Enough for a read that is answered within the turn; four times faster than a turn of the event loop. */
export async function settleMicrotasks(): Promise<void> {
  for (let i = 0; i < 40; i++) {
    await Promise.resolve();
  }
}

export function createLeanClock(random: () => number, startMs: number = START_OF_2026): LeanClock {
  let wallMs = startMs;
  let monotonicMs = 1000;
  let inTimer = false;
  const waiting = new Set<Timer>();

  function next(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of waiting) if (!first || timer.dueMs < first.dueMs) first = timer;
    return first;
  }

  function run(timer: Timer): void {
    waiting.delete(timer);
    inTimer = true;
    timer.run();
    inTimer = false;
  }

  function pass(ms: number): void {
    wallMs += ms;
    monotonicMs += ms;
  }

  async function runUntil(endMs: number, move: boolean): Promise<void> {
    for (let timer = next(); timer && timer.dueMs <= endMs; timer = next()) {
      if (move) pass(Math.max(0, timer.dueMs - monotonicMs));
      run(timer);
      // One timer after the other is what a clock is for.
      await settle();
    }
  }

  return {
    runtime: {
      wallMs: () => wallMs,
      monotonicMs: () => monotonicMs,
      random,
      setTimer(ms, runTimer, keepAlive) {
        const timer = { dueMs: monotonicMs + Math.max(0, ms), run: runTimer, keepAlive };
        waiting.add(timer);
        return () => void waiting.delete(timer);
      },
    },
    now: () => ({ wallMs, monotonicMs }),
    get inTimer() {
      return inTimer;
    },
    isDueWithin: (ms) => (next()?.dueMs ?? Infinity) <= monotonicMs + ms,
    nextDueInMs: () => (next()?.dueMs ?? Infinity) - monotonicMs,
    pass,
    async advance(ms) {
      const endMs = monotonicMs + ms;
      await runUntil(endMs, true);
      pass(endMs - monotonicMs);
    },
    jumpWall: (ms) => void (wallMs += ms),
    async stall(ms) {
      pass(ms);
      await runUntil(monotonicMs, false);
    },
    settle,
    timers: () => [...waiting],
  };
}
