import { DAY, HOUR, MINUTE, SECOND } from './durations.ts';
import { createEventQueue } from './event-queue.ts';
import { createLeanClock, settle } from './lean-clock.ts';
import { createSeeded, type Seeded } from './seeded.ts';
import { createSimulatedApi } from './simulated-api.ts';
import { createSimulatedService, type SimulatedService } from './simulated-service.ts';
import { createSimulatedStore } from './simulated-store.ts';
import { createWitness, type WitnessRules } from './witness.ts';
import { planWorld, type Schedule } from './world-plan.ts';
import { createWorldSwitches, type WorldTally } from './world-switches.ts';
import { createWorldTime } from './world-time.ts';

export interface Report {
  readonly seed: number;
  readonly days: number;
  readonly gets: number;
  /** How often there was no key, by the reason that the rules allow; `unexplained` where they allow none. */
  readonly noKey: ReadonlyMap<string, number>;
  readonly refusals: number;
  readonly refusedTwice: ReadonlyMap<string, number>;
  readonly storeCalls: number;
  /** What the rules allow at most, given what happened. */
  readonly storeCallsAllowed: number;
  readonly oldestServedMs: number;
  readonly maxStaleMs: number;
  readonly longestRecoveryMs: number;
}

const POLICIES: readonly WitnessRules[] = [
  { freshMs: 5 * MINUTE, maxStaleMs: DAY, deniedGraceMs: 15 * MINUTE },
  { freshMs: 10 * MINUTE, maxStaleMs: 6 * HOUR, deniedGraceMs: 15 * MINUTE },
  { freshMs: MINUTE, maxStaleMs: HOUR, deniedGraceMs: 5 * MINUTE },
];

/** A service, its store and the API over so many days; everything follows from the seed. */
export async function simulate(seed: number, days: number): Promise<Report> {
  const seeded = createSeeded(seed);
  const rules = seeded.pick(POLICIES);
  const clock = createLeanClock(createSeeded(seed ^ 0x5eed).next);
  const queue = createEventQueue();
  const time = createWorldTime(clock);
  const { nowMs } = time;
  let dirty = false;
  const after = (inMs: number, run: () => void): void => queue.add(nowMs() + inMs, run);
  const onBegin = (): void => void (dirty = true);

  const api = createSimulatedApi(nowMs);
  const store = createSimulatedStore({
    clock,
    seeded,
    watchable: seeded.chance(0.5),
    sequenced: seeded.chance(0.5),
    onCall: onBegin,
    onAnswer: (answer) => witness.noteAnswer(answer),
  });
  const witness = createWitness(clock, store, rules);
  const { runtime } = clock;
  const service = createSimulatedService({
    policy: rules,
    runtime,
    store,
    api,
    witness,
    seeded,
    after,
    onBegin,
  });
  const { restart } = service;
  const world = createWorldSwitches({ clock, time, store, api, witness, restart, onBegin });

  planWorld(world.switches, seeded, after);
  api.accept(store.current);
  planRequests(service, { seeded, nowMs, after });
  while (queue.nextAtMs() < days * DAY) {
    const inMs = Math.max(0, queue.nextAtMs() - nowMs());
    if (clock.isDueWithin(inMs)) await clock.advance(inMs);
    else clock.pass(inMs);
    queue.take()();
    if (dirty) await settle();
    dirty = false;
  }
  await service.close();
  const { gets, noKey, refusals, refusedTwice, starts } = service;
  const { oldestServedMs, longestRecoveryMs } = witness;
  return {
    seed,
    days,
    gets,
    noKey,
    refusals,
    refusedTwice,
    storeCalls: store.calls,
    storeCallsAllowed: storeCallsAllowed(world.tally(), { days, starts, freshMs: rules.freshMs }),
    oldestServedMs,
    maxStaleMs: rules.maxStaleMs,
    longestRecoveryMs,
  };
}

/** More by day than by night, and now and then many at once. */
function planRequests(
  service: SimulatedService,
  world: { readonly seeded: Seeded; readonly nowMs: () => number; readonly after: Schedule },
): void {
  const { seeded, nowMs, after } = world;
  const isNight = nowMs() % DAY > 16 * HOUR;
  after(seeded.waitFor(isNight ? 2 * MINUTE : 20 * SECOND), () => {
    const burst = seeded.chance(0.02) ? 20 : 1;
    for (let i = 0; i < burst; i++) service.request();
    planRequests(service, world);
  });
}

/** Rules 1, 3, 6 and 11, and what a start of a process costs; a tenth on top for retries. */
function storeCallsAllowed(
  { faults, badMs, refusedMs, surprises }: WorldTally,
  { days, starts, freshMs }: { readonly days: number; readonly starts: number; readonly freshMs: number },
): number {
  const refreshes = (days * DAY) / (0.8 * freshMs);
  const whileBad = badMs / (30 * SECOND) + 8 * faults;
  const whileRefused = refusedMs / MINUTE;
  return Math.ceil(1.1 * (refreshes + whileBad + whileRefused + 2 * surprises + 8 * starts));
}
