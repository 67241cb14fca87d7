import { createKeyProvider, isKeyError, type ApiKey, type ManagedKeyProvider } from '@magic-hour-keys/core';
import { DAY, HOUR, MINUTE, SECOND } from './durations.ts';
import { createEventQueue } from './event-queue.ts';
import { createLeanClock, settle } from './lean-clock.ts';
import { createSeeded } from './seeded.ts';
import { createSimulatedStore } from './simulated-store.ts';
import { createWitness, type WitnessRules } from './witness.ts';
import { planWorld } from './world-plan.ts';

export interface Report {
  readonly seed: number;
  readonly days: number;
  readonly gets: number;
  /** How often there was no key, by the reason that the rules allow; `unexplained` where they allow none. */
  readonly noKey: ReadonlyMap<string, number>;
  readonly refusals: number;
  readonly refusalsSeen: ReadonlyMap<string, number>;
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

/** One process, its store and the API over so many days; everything follows from the seed. */
export async function simulate(seed: number, days: number): Promise<Report> {
  const seeded = createSeeded(seed);
  const rules = seeded.pick(POLICIES);
  const clock = createLeanClock(createSeeded(seed ^ 0x5eed).next);
  const queue = createEventQueue();
  const startMs = clock.now().monotonicMs;
  let suspendedMs = 0;
  let dirty = false;
  let provider: ManagedKeyProvider;
  const counts = { gets: 0, refusals: 0, faults: 0, refusedMs: 0, surprises: 0, retries: 0, processes: 0 };
  const noKey = new Map<string, number>();
  const refusalsSeen = new Map<string, number>();
  const acceptedUntil = new Map<string, number>();
  let badSinceMs = 0;
  let badMs = 0;

  const store = createSimulatedStore({
    clock,
    seeded,
    watchable: seeded.chance(0.5),
    sequenced: seeded.chance(0.5),
    onCall: () => void (dirty = true),
    onAnswer: (answer) => witness.noteAnswer(answer),
  });
  const witness = createWitness(clock, () => store, rules);

  /** The world's own time, which goes on while the machine is suspended. */
  function nowMs(): number {
    return clock.now().monotonicMs - startMs + suspendedMs;
  }

  function after(inMs: number, run: () => void): void {
    queue.add(nowMs() + inMs, run);
  }

  // --- The API ----------------------------------------------------------------------------------------------------

  function accepts(value: string): boolean {
    return (acceptedUntil.get(value) ?? -1) > nowMs();
  }

  function acceptCurrent(): void {
    for (const [value, untilMs] of acceptedUntil) if (untilMs <= nowMs()) acceptedUntil.delete(value);
    acceptedUntil.set(store.current, Infinity);
    witness.noteCurrentAccepted();
  }

  // --- The process ------------------------------------------------------------------------------------------------

  function startProcess(): void {
    counts.processes += 1;
    witness.noteProcessStart();
    provider = createKeyProvider(store.createSource(), {
      ...rules,
      runtime: clock.runtime,
      onEvent: (event) => witness.noteEvent(event),
    });
  }

  function request(): void {
    counts.gets += 1;
    const key = provider.peek();
    if (!key || !accepts(key.reveal())) {
      dirty = true;
      void finishRequest(provider, key);
    }
    witness.noteAsk(key !== undefined);
  }

  async function finishRequest(own: ManagedKeyProvider, ready: ApiKey | undefined): Promise<void> {
    const key = ready ?? (await waitForKey(own));
    if (!key || accepts(key.reveal())) return;
    counts.refusals += 1;
    const renewed = await own.renew(key);
    if (renewed && accepts(renewed.reveal())) return;
    if (own === provider) count(refusalsSeen, witness.explainRefusal(accepts(store.current)));
  }

  async function waitForKey(own: ManagedKeyProvider): Promise<ApiKey | undefined> {
    const signal = seeded.chance(0.05) ? abortIn(seeded.logBetween(1, 20 * SECOND)) : undefined;
    try {
      return await own.getKey({ signal });
    } catch (error) {
      if (signal?.aborted) return undefined;
      const isClosed = isKeyError(error) && error.code === 'closed' && own !== provider;
      if (!isClosed) count(noKey, isKeyError(error) ? witness.explainNoKey() : undefined);
      return undefined;
    }
  }

  function abortIn(ms: number): AbortSignal {
    const controller = new AbortController();
    after(ms, () => {
      dirty = true;
      controller.abort();
    });
    return controller.signal;
  }

  function callAgain(): void {
    const isNight = nowMs() % DAY > 16 * HOUR;
    after(seeded.waitFor(isNight ? 2 * MINUTE : 20 * SECOND), () => {
      const burst = seeded.chance(0.02) ? 20 : 1;
      for (let i = 0; i < burst; i++) request();
      callAgain();
    });
  }

  // --- The world --------------------------------------------------------------------------------------------------

  function beginFault(fault: Parameters<typeof store.begin>[0]): () => void {
    if (store.faults.size === 0) badSinceMs = nowMs();
    counts.faults += 1;
    const end = store.begin(fault);
    return () => {
      end();
      if (store.faults.size > 0) return;
      badMs += nowMs() - badSinceMs;
      witness.noteFaultEnd();
    };
  }

  let refusedSinceMs: number | undefined;
  planWorld(
    {
      beginFault,
      rotate(overlapMs) {
        acceptedUntil.set(
          store.current,
          Math.min(acceptedUntil.get(store.current) ?? 0, nowMs() + overlapMs),
        );
        store.rotate();
        acceptCurrent();
        counts.surprises += 1;
        if (refusedSinceMs !== undefined) counts.refusedMs += nowMs() - refusedSinceMs;
        refusedSinceMs = undefined;
        store.hint();
      },
      revoke() {
        acceptedUntil.delete(store.current);
        refusedSinceMs ??= nowMs();
      },
      jumpWall(ms) {
        counts.surprises += 1;
        clock.jumpWall(ms);
      },
      suspend(ms) {
        counts.surprises += 1;
        clock.jumpWall(ms);
        suspendedMs += ms;
      },
      restart() {
        const former = provider;
        startProcess();
        dirty = true;
        void former.close();
      },
      breakWatch() {
        dirty = true;
        store.breakWatch();
      },
      spuriousHint() {
        counts.surprises += 1;
        store.hint();
      },
    },
    seeded,
    after,
  );

  startProcess();
  acceptCurrent();
  callAgain();
  while (queue.nextAtMs() < days * DAY) {
    const inMs = Math.max(0, queue.nextAtMs() - nowMs());
    if (clock.isDueWithin(inMs)) await clock.advance(inMs);
    else clock.pass(inMs);
    queue.take()();
    if (dirty) await settle();
    dirty = false;
  }
  if (store.faults.size > 0) badMs += nowMs() - badSinceMs;
  // @ts-expect-error assigned by startProcess
  await provider.close();
  return {
    seed,
    days,
    gets: counts.gets,
    noKey,
    refusals: counts.refusals,
    refusalsSeen,
    storeCalls: store.calls,
    storeCallsAllowed: callsAllowed(),
    oldestServedMs: witness.oldestServedMs,
    maxStaleMs: rules.maxStaleMs,
    longestRecoveryMs: witness.longestRecoveryMs,
  };

  /** Rules 1, 3, 6 and 11, and what a start of a process costs; a tenth on top for retries. */
  function callsAllowed(): number {
    const refreshes = (days * DAY) / (0.8 * rules.freshMs);
    const whileBad = badMs / (30 * SECOND) + 8 * counts.faults;
    const whileRefused = counts.refusedMs / MINUTE;
    const surprises = 2 * counts.surprises;
    return Math.ceil(1.1 * (refreshes + whileBad + whileRefused + surprises + 8 * counts.processes));
  }
}

function count(reasons: Map<string, number>, reason = 'unexplained'): void {
  reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
}
