import type { ApiKey, KeyEvent, KeyPolicy, ManagedKeyProvider } from '@magic-hour-keys/core';
import type fc from 'fast-check';
import { createLeanClock, type LeanClock, type Moment } from '../../../simulation/lean-clock.ts';
import { createJournal, type Journal } from './journal.ts';
import { elapsed, MINUTE } from './moments.ts';
import { createScheduledStore, keyNumber, type ScheduledStore, type StoredVersion } from './scheduled-store.ts';
import type { Core } from './second-copy.ts';

export interface MachineOptions {
  readonly cores: { readonly first: Core; readonly second: Core };
  readonly policy: Required<Pick<KeyPolicy, 'freshMs' | 'maxStaleMs' | 'deniedGraceMs'>> & { watch: boolean };
  readonly sequenced: boolean;
  readonly honoursAbort: boolean;
  /** What the listener of the provider's events does besides writing them down. */
  readonly listener: 'listens' | 'peeks' | 'throws';
  readonly random: () => number;
}

/** One caller that waits, or waited, for a promise of the provider. */
export interface Caller {
  readonly kind: 'getKey' | 'renew';
  readonly askedAtStep: number;
  /** The value that it says was rejected. */
  readonly rejected: string | undefined;
  readonly controller: AbortController | undefined;
  /** Whether it asked when memory surely had an answer. */
  readonly wasOffered: boolean;
  /** Whether it had to wait for a read. */
  waited: boolean;
  state: 'pending' | 'settled';
}

export interface Machine {
  readonly clock: LeanClock;
  readonly store: ScheduledStore;
  readonly journal: Journal;
  readonly provider: ManagedKeyProvider;
  readonly callers: readonly Caller[];
  readonly closed: 'no' | 'closing' | 'yes';
  readonly invalidations: number;
  readonly hints: number;
  readonly offeredKeys: readonly ApiKey[];
  peek(): ApiKey | undefined;
  getKey(controller?: AbortController): Promise<ApiKey | undefined>;
  renew(rejected: ApiKey, controller?: AbortController): Promise<ApiKey | undefined>;
  /** A key object of the other copy of the package. */
  foreignKey(value: string): ApiKey;
  abort(index: number): Promise<void>;
  invalidate(): void;
  hint(): void;
  jumpWall(ms: number): void;
  close(): void;
  /** Lets everything happen that needs no time. */
  settle(): Promise<void>;
}

export const POLICY = { deadlineMs: 10_000, attemptMs: 3000 } as const;

export function createMachine(scheduler: fc.Scheduler, options: MachineOptions): Machine {
  const { first, second } = options.cores;
  const clock = createLeanClock(options.random);
  const journal = createJournal({ ...options.policy, sequenced: options.sequenced }, () => store.versions);
  const callers: Caller[] = [];
  const offeredKeys: ApiKey[] = [];
  let inCall = false;
  let closed: 'no' | 'closing' | 'yes' = 'no';
  let invalidations = 0;
  let hints = 0;
  let lastAsked: { wallMs: number; step: number } | undefined;

  const store = createScheduledStore({
    scheduler,
    clock,
    sequenced: options.sequenced,
    honoursAbort: options.honoursAbort,
    core: second,
    observer: {
      started({ reason }) {
        const at = clock.now();
        if (closed !== 'no') journal.blame('I7: a read after close');
        const { flights } = journal;
        const retried = inCall ? undefined : flights.failing(reason);
        const flight = retried ? flights.retry(retried, at) : flights.start(reason, at);
        if (!retried) journal.noteStart(flight, at, inCall);
        let over = false;
        const once = (run: () => void): void => {
          if (!over && closed === 'no') run();
          over = true;
        };
        return {
          answered: (version) => once(() => journal.noteAnswer(flight, version, clock.now())),
          failed: () => once(() => journal.noteAttemptFailure(flight)),
          timedOut: () => once(() => journal.noteAttemptFailure(flight)),
        };
      },
    },
  });

  const provider = first.createKeyProvider(store.source, {
    ...POLICY,
    ...options.policy,
    runtime: clock.runtime,
    onEvent: listen,
  });

  function listen(event: KeyEvent): void {
    if (closed !== 'no') journal.blame(`I12: ${event.type} after close`);
    journal.noteEvent(event, clock.now());
    if (options.listener === 'peeks' && call(() => provider.peek())) noteAsked(clock.now());
    if (options.listener === 'throws') throw new Error('a listener');
  }

  /** Reads that begin inside are begun by a caller, not by the end of another read. */
  function call<Result>(run: () => Result): Result {
    const before = inCall;
    inCall = true;
    try {
      return run();
    } finally {
      inCall = before;
    }
  }

  /** Within a wall millisecond the former verdict counts, whatever the other clock did: that makes `peek` cheap. */
  function isSameVerdict(at: Moment): boolean {
    return at.wallMs === lastAsked?.wallMs && journal.steps === lastAsked.step;
  }

  function noteAsked(at: Moment): void {
    lastAsked = { wallMs: at.wallMs, step: journal.steps };
  }

  function isOffered(at: Moment): boolean {
    return closed === 'no' && journal.invalidatedAtStep === undefined && journal.isSurelyUsable(at);
  }

  // --- What callers may be given ------------------------------------------------------------------------------------

  function judgeKey(key: ApiKey, how: string, isFromReading: (version: StoredVersion) => boolean): void {
    const at = clock.now();
    const value = key.reveal();
    const version = store.versions.find((candidate) => candidate.value === value);
    if (!version) {
      journal.blame(`I4: ${how} gave what was never stored as a key`);
      return;
    }
    offeredKeys.push(key);
    const { held } = journal;
    if (held?.version !== version) journal.blame(`I12: ${how} gave ${version.name}, of which no event told`);
    if (!held || isSameVerdict(at)) return;
    if (at.wallMs >= version.expiresAtMs) journal.blame(`I3: ${how} gave an expired key`);
    if (isFromReading(version)) return;
    const ageMs = elapsed(held.confirmedAt, at);
    if (ageMs > options.policy.maxStaleMs) journal.blame(`I3: ${how} gave a key that is ${ageMs} ms old`);
    if (!journal.isMaybeUsable(at)) journal.blame(`rule 4: ${how} gave a key that the store has withdrawn`);
  }

  function judgeAnswer(caller: Caller, key: ApiKey | undefined): void {
    const at = clock.now();
    const { invalidatedAtStep: invalidated, held } = journal;
    if (key) {
      const { newestReading } = journal;
      judgeKey(
        key,
        caller.kind,
        (version) =>
          caller.kind === 'getKey' &&
          newestReading?.version === version &&
          newestReading.step > caller.askedAtStep,
      );
      if (invalidated !== undefined && invalidated < caller.askedAtStep) {
        journal.blame(`rule 11: ${caller.kind} gave a key that was invalidated`);
      }
      if (key.reveal() === caller.rejected) journal.blame('rule 6: renew gave the rejected key');
      if (caller.kind === 'renew' && journal.bars.isSurelyBarred(key.reveal(), at)) {
        journal.blame('rule 7: renew gave a barred key');
      }
      return;
    }
    const heldValue = held?.version.value ?? '';
    const isBetter = heldValue !== caller.rejected && journal.bars.isSurelyFree(heldValue, at);
    if (caller.kind === 'renew' && isBetter && isOffered(at)) {
      journal.blame('rule 6: renew gave nothing although memory held another key');
    }
  }

  function judgeError(caller: Caller, error: unknown): void {
    const at = clock.now();
    const { controller } = caller;
    if (controller?.signal.aborted && error === controller.signal.reason) return;
    if (!second.isKeyError(error)) {
      journal.blame(`I6: ${caller.kind} failed with a foreign error`);
      return;
    }
    if (closed !== 'no' && error.code === 'closed' && caller.kind === 'getKey') return;
    if (caller.kind === 'renew') journal.blame(`rule 6: renew failed with ${error.code}`);
    if (journal.isSurelyUsable(at)) journal.blame(`rule 3: getKey failed (${error.code}) with a usable key`);
    const verdict = journal.verdicts.find((candidate) => candidate?.code === error.code);
    if (!verdict) journal.blame(`rule 5: ${error.code} is not what the store said`);
    else if (elapsed(verdict.at, at) >= 5 * MINUTE) journal.blame('rule 5: an old verdict is told again');
  }

  function follow(caller: Caller, pending: Promise<ApiKey | undefined>): Promise<ApiKey | undefined> {
    callers.push(caller);
    return pending.then(
      (key) => {
        caller.state = 'settled';
        judgeAnswer(caller, key);
        return key;
      },
      (error: unknown) => {
        caller.state = 'settled';
        judgeError(caller, error);
        return undefined;
      },
    );
  }

  // --- The calls ----------------------------------------------------------------------------------------------------

  function peek(): ApiKey | undefined {
    const at = clock.now();
    const wasOffered = isOffered(at);
    const key = call(() => provider.peek());
    if (key) {
      judgeKey(key, 'peek', () => false);
      if (journal.invalidatedAtStep !== undefined) journal.blame('rule 11: peek gave an invalidated key');
    } else if (wasOffered && !isSameVerdict(at)) {
      journal.blame('rule 2: peek hid a usable key');
    }
    noteAsked(at);
    return key;
  }

  async function getKey(controller?: AbortController): Promise<ApiKey | undefined> {
    const at = clock.now();
    const caller: Caller = {
      kind: 'getKey',
      askedAtStep: journal.steps,
      rejected: undefined,
      controller,
      wasOffered: isOffered(at),
      waited: false,
      state: 'pending',
    };
    const pending = follow(
      caller,
      call(() => provider.getKey({ signal: controller?.signal })),
    );
    await afterMicrotasks();
    caller.waited = caller.state === 'pending';
    if (caller.waited && caller.wasOffered) journal.blame('rule 2: a caller waits although a key is usable');
    noteAsked(at);
    return pending;
  }

  async function renew(rejected: ApiKey, controller?: AbortController): Promise<ApiKey | undefined> {
    const at = clock.now();
    const value = rejected.reveal();
    const { flights, bars, held } = journal;
    const before = flights.all.length;
    const joined = flights.underWay.find(({ reason }) => reason === 'rejected');
    const wasBarred = bars.isSurelyBarred(value, at);
    const mayBeBetter = held !== undefined && held.version.value !== value && journal.isMaybeUsable(at);
    const mustRead = !joined && closed === 'no' && bars.isSurelyFree(value, at) && !mayBeBetter;
    const caller: Caller = {
      kind: 'renew',
      askedAtStep: journal.steps,
      rejected: value,
      controller,
      wasOffered: false,
      waited: false,
      state: 'pending',
    };
    const pending = follow(
      caller,
      call(() => provider.renew(rejected, { signal: controller?.signal })),
    );
    const started = flights.all.slice(before).find(({ reason }) => reason === 'rejected');
    if (started && wasBarred) journal.blame('I9: a second renewal read within the hold-down');
    if (!started && mustRead) journal.blame('rule 6: no renewal read although no hold-down is known');
    await afterMicrotasks();
    caller.waited = caller.state === 'pending';
    const flight = started ?? joined;
    if (!caller.waited || !flight) bars.touch(value, at);
    else {
      bars.awaitRenewal(value, at);
      if (!flight.values.includes(value)) flight.values.push(value);
    }
    return pending;
  }

  async function abort(index: number): Promise<void> {
    const abortable = callers.filter(({ state, controller }) => state === 'pending' && controller);
    const chosen = abortable[index % Math.max(1, abortable.length)]?.controller;
    if (!chosen) return;
    const others = callers.filter(({ state, controller }) => state === 'pending' && controller !== chosen);
    const reads = journal.flights.underWay.length;
    chosen.abort(new Error('this caller gave up'));
    await clock.settle();
    if (callers.some(({ controller, state }) => controller === chosen && state === 'pending')) {
      journal.blame('I11: a caller still waits after its abort');
    }
    if (others.some(({ state }) => state === 'settled')) journal.blame('I11: an abort settled another caller');
    if (journal.flights.underWay.length !== reads) journal.blame('I11: an abort ended or began a read');
  }

  return {
    clock,
    store,
    journal,
    provider,
    callers,
    offeredKeys,
    get closed() {
      return closed;
    },
    get invalidations() {
      return invalidations;
    },
    get hints() {
      return hints;
    },
    peek,
    getKey,
    renew,
    foreignKey: (value) => second.createApiKey(value, { source: 'elsewhere' }),
    abort,
    invalidate() {
      if (closed === 'no') {
        invalidations += 1;
        journal.noteInvalidation();
      }
      provider.invalidate();
    },
    hint() {
      hints += 1;
      journal.noteHint(clock.now());
      store.hint();
    },
    jumpWall(ms) {
      if (ms < 0) journal.noteSetBack();
      clock.jumpWall(ms);
    },
    close() {
      if (closed !== 'no') return;
      closed = 'closing';
      void provider.close().then(() => (closed = 'yes'));
    },
    async settle() {
      await clock.settle();
      journal.finishLanding();
    },
  };
}

/** As many as a promise needs that is answered from memory; no timer and no delivery comes between. */
async function afterMicrotasks(): Promise<void> {
  for (let i = 0; i < 6; i++) {
    // oxlint-disable-next-line no-await-in-loop
    await Promise.resolve();
  }
}

export function strangerKey(index: number): string {
  return keyNumber(63 - index);
}
