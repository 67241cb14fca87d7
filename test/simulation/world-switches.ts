import type { LeanClock } from './lean-clock.ts';
import type { SimulatedApi } from './simulated-api.ts';
import type { SimulatedStore } from './simulated-store.ts';
import type { Witness } from './witness.ts';
import type { WorldSwitches } from './world-plan.ts';
import type { WorldTime } from './world-time.ts';

export interface WorldSwitchesOptions {
  readonly clock: LeanClock;
  readonly time: WorldTime;
  readonly store: SimulatedStore;
  readonly api: SimulatedApi;
  readonly witness: Witness;
  restart(): void;
  /** Something was begun that ends in a later turn. */
  onBegin(): void;
}

/** What was done to the world, as far as it may have cost the store a read. */
export interface WorldTally {
  readonly faults: number;
  /** How long the store had a fault. */
  readonly badMs: number;
  /** How long the API refused the key that the store had. */
  readonly refusedMs: number;
  /** Whatever else may make a provider ask: rotations, jumps of the clock, hints about nothing. */
  readonly surprises: number;
}

export function createWorldSwitches(options: WorldSwitchesOptions): {
  readonly switches: WorldSwitches;
  tally(): WorldTally;
} {
  const { clock, time, store, api, witness, restart, onBegin } = options;
  const { nowMs } = time;
  let faults = 0;
  let badSinceMs = 0;
  let badMs = 0;
  let refusedSinceMs = Infinity;
  let refusedMs = 0;
  let surprises = 0;

  function surprise(happen: () => void): void {
    surprises += 1;
    happen();
  }

  const switches: WorldSwitches = {
    beginFault(fault) {
      if (store.faults.size === 0) badSinceMs = nowMs();
      faults += 1;
      const end = store.begin(fault);
      return () => {
        end();
        if (store.faults.size > 0) return;
        badMs += nowMs() - badSinceMs;
        witness.noteFaultEnd();
      };
    },
    rotate(overlapMs) {
      api.acceptFor(store.current, overlapMs);
      api.accept(store.rotate());
      witness.noteCurrentAccepted();
      refusedMs += Math.max(0, nowMs() - refusedSinceMs);
      refusedSinceMs = Infinity;
      surprise(store.hint);
    },
    revoke() {
      api.revoke(store.current);
      refusedSinceMs = Math.min(refusedSinceMs, nowMs());
    },
    jumpWall: (ms) => surprise(() => clock.jumpWall(ms)),
    suspend: (ms) => surprise(() => time.suspend(ms)),
    restart,
    breakWatch() {
      onBegin();
      store.breakWatch();
    },
    spuriousHint: () => surprise(store.hint),
  };

  return {
    switches,
    tally() {
      const stillBadMs = store.faults.size > 0 ? nowMs() - badSinceMs : 0;
      return { faults, badMs: badMs + stillBadMs, refusedMs, surprises };
    },
  };
}
