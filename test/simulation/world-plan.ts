import { DAY, HOUR, MINUTE, SECOND, YEAR } from './durations.ts';
import type { Seeded } from './seeded.ts';
import { FAULTS, type Fault } from './simulated-store.ts';

/** What the plan can do to the world. */
export interface WorldSwitches {
  beginFault(fault: Fault): () => void;
  /** A new key in the store; the old one is accepted for so long. */
  rotate(overlapMs: number): void;
  /** The API accepts the current key no more; a new one is stored later. */
  revoke(): void;
  jumpWall(ms: number): void;
  suspend(ms: number): void;
  restart(): void;
  breakWatch(): void;
  spuriousHint(): void;
}

/** Runs something once, after so many milliseconds of the world's own time. */
export type Schedule = (inMs: number, run: () => void) => void;

/** Poisson processes for everything that happens to a service in operation. */
export function planWorld(world: WorldSwitches, seeded: Seeded, after: Schedule): void {
  const { chance, logBetween, waitFor, pick } = seeded;

  function repeat(meanMs: number, run: () => void): void {
    after(waitFor(meanMs), () => {
      run();
      repeat(meanMs, run);
    });
  }

  repeat(1.5 * DAY, () => {
    const end = world.beginFault(pick(FAULTS));
    after(chance(0.05) ? logBetween(DAY, 3 * DAY) : logBetween(5 * SECOND, 8 * HOUR), end);
  });
  after(HOUR, function rotateHourly() {
    world.rotate(chance(0.7) ? logBetween(10 * MINUTE, 4 * HOUR) : 0);
    after(HOUR, rotateHourly);
  });
  repeat(4 * DAY, () => {
    world.revoke();
    after(logBetween(SECOND, 30 * MINUTE), () => world.rotate(0));
  });
  repeat(3 * DAY, () => {
    const ms = chance(0.1) ? 10 * YEAR : logBetween(50, 2 * DAY);
    const signed = chance(0.5) ? ms : -ms;
    world.jumpWall(signed);
    // Most clocks are set right again, as by NTP after a bad boot.
    if (chance(0.7)) after(logBetween(MINUTE, DAY), () => world.jumpWall(-signed));
  });
  repeat(2 * DAY, () => world.suspend(logBetween(SECOND, 30 * HOUR)));
  repeat(1.5 * DAY, world.restart);
  repeat(6 * HOUR, world.breakWatch);
  repeat(3 * HOUR, world.spuriousHint);
}
