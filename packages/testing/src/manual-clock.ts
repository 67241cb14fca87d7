import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { KeyRuntime } from '@magic-hour-keys/core';
import { createSeededRandom } from './seeded-random.ts';
import { createStuckGuard, createTimerQueue } from './timer-queue.ts';

export interface ManualClockOptions {
  /** Where the wall clock starts, in milliseconds since 1970. Default the start of 2026. */
  readonly wallMs?: number | undefined;
  /** Seeds `runtime.random`; the same seed gives the same jitter. */
  readonly seed?: number | undefined;
}

export interface PendingTimer {
  /** Milliseconds of the monotonic clock until it is due; 0 or less when it is due already. */
  readonly dueInMs: number;
  /** Whether it would keep the process running. */
  readonly keepAlive: boolean;
}

/** Time that passes only when a test says so: pass `runtime` to the code under test. */
export interface ManualClock {
  readonly runtime: KeyRuntime;
  wallMs(): number;
  monotonicMs(): number;
  /**
   * Moves both clocks on. Timers that fall due on the way run in order, each at its own time, and promises settle
   * between them. A timer that throws rejects this call.
   */
  advance(ms: number): Promise<void>;
  /** Sets the wall clock alone; `ms` may be negative. */
  jumpWall(ms: number): void;
  /** The machine is suspended: the wall clock moves on, the monotonic clock stands still, no timer runs. */
  sleep(ms: number): void;
  /** The event loop is blocked: both clocks jump, then every timer that fell due runs late, in order. */
  stall(ms: number): Promise<void>;
  /** Lets pending promises settle without moving time. */
  settle(): Promise<void>;
  /** What is pending, the next one first. */
  timers(): readonly PendingTimer[];
  /** Replaces `runtime.random`. `next` gives numbers in [0, 1). */
  setRandom(next: () => number): void;
}

const START_OF_2026 = 1_767_225_600_000;
/** Not 0, so that code which takes a missing time for 0 is noticed. */
const MONOTONIC_START = 1000;
const DEFAULT_SEED = 20_260_101;
/** One turn of the event loop drains every promise chain; the others are for code that itself waits for a turn. */
const TURNS_TO_SETTLE = 5;

export function createManualClock(options: ManualClockOptions = {}): ManualClock {
  let wallMs = options.wallMs ?? START_OF_2026;
  let monotonicMs = MONOTONIC_START;
  let random = createSeededRandom(options.seed ?? DEFAULT_SEED);
  let moving = false;
  const queue = createTimerQueue();

  function setTimer(ms: number, run: () => void, keepAlive: boolean): () => void {
    if (Number.isNaN(ms)) throw new RangeError('setTimer was called with NaN milliseconds');
    const timer = { dueMs: monotonicMs + Math.max(0, ms), run, keepAlive };
    queue.add(timer);
    return () => void queue.remove(timer);
  }

  function passTime(ms: number): void {
    wallMs += ms;
    monotonicMs += ms;
  }

  async function advance(ms: number): Promise<void> {
    const endMs = monotonicMs + ms;
    const guard = createStuckGuard();
    await settle();
    for (let timer = queue.next(); timer && timer.dueMs <= endMs; timer = queue.next()) {
      guard(timer);
      passTime(timer.dueMs - monotonicMs);
      queue.remove(timer);
      timer.run();
      // One timer after the other is what this clock is for.
      // oxlint-disable-next-line no-await-in-loop
      await settle();
    }
    passTime(endMs - monotonicMs);
  }

  async function stall(ms: number): Promise<void> {
    const guard = createStuckGuard();
    await settle();
    passTime(ms);
    for (let due = queue.dueAt(monotonicMs); due.length > 0; due = queue.dueAt(monotonicMs)) {
      due.forEach(guard);
      // Immediates of one turn run with promises settling between them but without any I/O: so do late timers.
      // oxlint-disable-next-line no-await-in-loop
      await Promise.all(due.map((timer) => nextTurn().then(() => queue.remove(timer) && timer.run())));
    }
    await settle();
  }

  async function alone(ms: number, move: (ms: number) => Promise<void>): Promise<void> {
    requireTime(ms);
    if (moving) throw new Error('the clock is moving already: await the former advance() or stall() first');
    moving = true;
    try {
      await move(ms);
    } finally {
      moving = false;
    }
  }

  return {
    runtime: {
      wallMs: () => wallMs,
      monotonicMs: () => monotonicMs,
      random: () => random(),
      setTimer,
      detach: AsyncLocalStorage.snapshot(),
    },
    wallMs: () => wallMs,
    monotonicMs: () => monotonicMs,
    advance: (ms) => alone(ms, advance),
    jumpWall: (ms) => void (wallMs += ms),
    sleep(ms) {
      requireTime(ms);
      wallMs += ms;
    },
    stall: (ms) => alone(ms, stall),
    settle,
    timers: () => queue.all().map(({ dueMs, keepAlive }) => ({ dueInMs: dueMs - monotonicMs, keepAlive })),
    setRandom: (next) => void (random = next),
  };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS_TO_SETTLE; turn++) {
    // oxlint-disable-next-line no-await-in-loop
    await nextTurn();
  }
}

function requireTime(ms: number): void {
  if (!(ms >= 0 && ms < Infinity)) throw new RangeError('time passes by 0 or more milliseconds');
}
