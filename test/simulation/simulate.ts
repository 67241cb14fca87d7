import { DAY, HOUR, MINUTE, SECOND } from './durations.ts';
import { createEventQueue } from './event-queue.ts';
import { createLeanClock, settle } from './lean-clock.ts';
import { createSeeded } from './seeded.ts';
import { createSimulatedApi } from './simulated-api.ts';
import { createSimulatedService } from './simulated-service.ts';
import { createSimulatedStore } from './simulated-store.ts';
import { createWitness, type WitnessRules } from './witness.ts';
import { planWorld, type WorldSwitches } from './world-plan.ts';

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
  const startMs = clock.now().monotonicMs;
  const spans = { suspendedMs: 0, badSinceMs: 0, badMs: 0, refusedSinceMs: Infinity, refusedMs: 0 };
  const counts = { faults: 0, surprises: 0 };
  let dirty = false;

  /** The world's own time, which goes on while the machine is suspended. */
  const nowMs = (): number => clock.now().monotonicMs - startMs + spans.suspendedMs;
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

  const world: WorldSwitches = {
    beginFault(fault) {
      if (store.faults.size === 0) spans.badSinceMs = nowMs();
      counts.faults += 1;
      const end = store.begin(fault);
      return () => {
        end();
        if (store.faults.size > 0) return;
        spans.badMs += nowMs() - spans.badSinceMs;
        witness.noteFaultEnd();
      };
    },
    rotate(overlapMs) {
      counts.surprises += 1;
      api.acceptFor(store.current, overlapMs);
      api.accept(store.rotate());
      witness.noteCurrentAccepted();
      spans.refusedMs += Math.max(0, nowMs() - spans.refusedSinceMs);
      spans.refusedSinceMs = Infinity;
      store.hint();
    },
    revoke() {
      api.revoke(store.current);
      spans.refusedSinceMs = Math.min(spans.refusedSinceMs, nowMs());
    },
    jumpWall(ms) {
      counts.surprises += 1;
      clock.jumpWall(ms);
    },
    suspend(ms) {
      counts.surprises += 1;
      clock.jumpWall(ms);
      spans.suspendedMs += ms;
    },
    restart: service.restart,
    breakWatch() {
      onBegin();
      store.breakWatch();
    },
    spuriousHint() {
      counts.surprises += 1;
      store.hint();
    },
  };

  function callAgain(): void {
    const isNight = nowMs() % DAY > 16 * HOUR;
    after(seeded.waitFor(isNight ? 2 * MINUTE : 20 * SECOND), () => {
      const burst = seeded.chance(0.02) ? 20 : 1;
      for (let i = 0; i < burst; i++) service.request();
      callAgain();
    });
  }

  /** Rules 1, 3, 6 and 11, and what a start of a process costs; a tenth on top for retries. */
  function storeCallsAllowed(): number {
    const refreshes = (days * DAY) / (0.8 * rules.freshMs);
    const whileBad = spans.badMs / (30 * SECOND) + 8 * counts.faults;
    const whileRefused = spans.refusedMs / MINUTE;
    return Math.ceil(1.1 * (refreshes + whileBad + whileRefused + 2 * counts.surprises + 8 * service.starts));
  }

  planWorld(world, seeded, after);
  api.accept(store.current);
  callAgain();
  while (queue.nextAtMs() < days * DAY) {
    const inMs = Math.max(0, queue.nextAtMs() - nowMs());
    if (clock.isDueWithin(inMs)) await clock.advance(inMs);
    else clock.pass(inMs);
    queue.take()();
    if (dirty) await settle();
    dirty = false;
  }
  if (store.faults.size > 0) spans.badMs += nowMs() - spans.badSinceMs;
  await service.close();
  const { gets, noKey, refusals, refusedTwice } = service;
  const { oldestServedMs, longestRecoveryMs } = witness;
  const { maxStaleMs } = rules;
  return {
    seed,
    days,
    gets,
    noKey,
    refusals,
    refusedTwice,
    storeCalls: store.calls,
    storeCallsAllowed: storeCallsAllowed(),
    oldestServedMs,
    maxStaleMs,
    longestRecoveryMs,
  };
}
