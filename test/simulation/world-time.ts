import type { LeanClock } from './lean-clock.ts';

/** The world's own time, which goes on while the machine of the service is suspended. */
export interface WorldTime {
  /** Milliseconds since the start. */
  nowMs(): number;
  /** The machine stands still; when it goes on its wall clock has been set, and its monotonic clock knows nothing. */
  suspend(ms: number): void;
}

export function createWorldTime(clock: LeanClock): WorldTime {
  const startMs = clock.now().monotonicMs;
  let suspendedMs = 0;
  return {
    nowMs: () => clock.now().monotonicMs - startMs + suspendedMs,
    suspend(ms) {
      clock.jumpWall(ms);
      suspendedMs += ms;
    },
  };
}
