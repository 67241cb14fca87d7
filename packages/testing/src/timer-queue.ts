/** A timer of the manual clock. */
export interface QueuedTimer {
  /** On the monotonic clock. */
  readonly dueMs: number;
  readonly run: () => void;
  readonly keepAlive: boolean;
}

/** The timers that wait, in the order in which they will run. */
export interface TimerQueue {
  add(timer: QueuedTimer): void;
  /** Takes it out; false when it was out already. */
  remove(timer: QueuedTimer): boolean;
  next(): QueuedTimer | undefined;
  /** Those that are due at that moment. */
  dueAt(monotonicMs: number): QueuedTimer[];
  all(): QueuedTimer[];
}

export function createTimerQueue(): TimerQueue {
  // A Set keeps the order of insertion and sorting is stable, so timers that are due together run as they were set.
  const waiting = new Set<QueuedTimer>();
  const all = (): QueuedTimer[] => [...waiting].toSorted((one, other) => one.dueMs - other.dueMs);

  return {
    add: (timer) => void waiting.add(timer),
    remove: (timer) => waiting.delete(timer),
    next: () => all()[0],
    dueAt: (monotonicMs) => all().filter(({ dueMs }) => dueMs <= monotonicMs),
    all,
  };
}

const MOST_TIMERS_WITHOUT_TIME = 10_000;

/** Ends a test that would never end: timers that set each other again for the same moment. */
export function createStuckGuard(): (timer: QueuedTimer) => void {
  let lastMs: number | undefined;
  let count = 0;
  return ({ dueMs }) => {
    count = dueMs === lastMs ? count + 1 : 1;
    lastMs = dueMs;
    if (count > MOST_TIMERS_WITHOUT_TIME) {
      throw new Error(`more than ${MOST_TIMERS_WITHOUT_TIME} timers ran without any time passing`);
    }
  };
}
