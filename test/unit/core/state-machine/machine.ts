import type { ApiKey, KeyEvent, ManagedKeyProvider } from '@magic-hour-keys/core';
import type fc from 'fast-check';
import { createLeanClock, type LeanClock } from '../../../simulation/lean-clock.ts';
import { createJournal, type Journal } from './journal.ts';
import { createJudge, type Caller } from './judge.ts';
import { createScheduledStore, type ScheduledStore } from './scheduled-store.ts';
import type { Core } from './second-copy.ts';
import { createStoreObserver } from './store-observer.ts';

export interface MachineOptions {
  /** The provider is the first one's; the errors of its source and some of its callers' keys are the second one's. */
  readonly cores: { readonly first: Core; readonly second: Core };
  readonly policy: Record<'freshMs' | 'maxStaleMs' | 'deniedGraceMs', number> & { watch: boolean };
  readonly sequenced: boolean;
  readonly honoursAbort: boolean;
  /** What the listener of the provider's events does besides writing them down. */
  readonly listener: 'listens' | 'peeks' | 'throws';
  readonly random: () => number;
}

export interface Machine {
  readonly clock: LeanClock;
  readonly store: ScheduledStore;
  readonly journal: Journal;
  readonly callers: readonly Caller[];
  readonly closed: 'no' | 'closing' | 'yes';
  readonly invalidations: number;
  readonly offeredKeys: readonly ApiKey[];
  peek(): ApiKey | undefined;
  getKey(controller?: AbortController): Promise<ApiKey | undefined>;
  renew(rejected: ApiKey, controller?: AbortController): Promise<ApiKey | undefined>;
  /** A key object of the other copy of the package. */
  foreignKey(value: string): ApiKey;
  /** Aborts one of those who wait, and whoever shares its signal. */
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
  const { maxStaleMs } = options.policy;
  const clock = createLeanClock(options.random);
  const journal = createJournal({ ...options.policy, sequenced: options.sequenced }, () => store.versions);
  const { flights, bars, blame } = journal;
  const callers: Caller[] = [];
  const offeredKeys: ApiKey[] = [];
  let inCall = false;
  let closed: 'no' | 'closing' | 'yes' = 'no';
  let invalidations = 0;
  const isClosed = (): boolean => closed !== 'no';

  const observer = createStoreObserver({
    journal,
    clock,
    deadlineMs: POLICY.deadlineMs,
    isClosed,
    isInCall: () => inCall,
    isAwaited: () => callers.some(({ state }) => state === 'pending'),
  });
  const store = createScheduledStore({ ...options, scheduler, clock, core: second, observer });
  const judge = createJudge({ journal, clock, store, maxStaleMs, isClosed });
  const provider: ManagedKeyProvider = first.createKeyProvider(store.source, {
    ...POLICY,
    ...options.policy,
    runtime: clock.runtime,
    onEvent: listen,
  });

  function listen(event: KeyEvent): void {
    if (isClosed()) blame(`I12: ${event.type} after close`);
    journal.noteEvent(event, clock.now());
    if (options.listener === 'peeks' && call(() => provider.peek())) judge.noteAsked(clock.now());
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

  /** Writes down how it ends; never rejects. */
  function follow(caller: Caller, pending: Promise<ApiKey | undefined>): Promise<ApiKey | undefined> {
    callers.push(caller);
    return pending.then(
      (key) => {
        caller.state = 'settled';
        judge.answered(caller, key);
        if (key) offeredKeys.push(key);
        return key;
      },
      (error: unknown) => {
        caller.state = 'settled';
        judge.refused(caller, error);
        return undefined;
      },
    );
  }

  function newCaller(
    kind: Caller['kind'],
    controller: AbortController | undefined,
    rejected?: string,
  ): Caller {
    return { kind, askedAtStep: journal.steps, rejected, controller, waited: false, state: 'pending' };
  }

  function peek(): ApiKey | undefined {
    const at = clock.now();
    const key = call(() => provider.peek());
    judge.peeked(key, at);
    if (key) offeredKeys.push(key);
    judge.noteAsked(at);
    return key;
  }

  async function getKey(controller?: AbortController): Promise<ApiKey | undefined> {
    const at = clock.now();
    const wasOffered = judge.isOffered(at);
    const caller = newCaller('getKey', controller);
    const signal = controller?.signal;
    const pending = follow(
      caller,
      call(() => provider.getKey({ signal })),
    );
    await afterMicrotasks();
    caller.waited = caller.state === 'pending';
    if (caller.waited && wasOffered) blame('rule 2: a caller waits although a key is usable');
    judge.noteAsked(at);
    return pending;
  }

  async function renew(rejected: ApiKey, controller?: AbortController): Promise<ApiKey | undefined> {
    const at = clock.now();
    const value = rejected.reveal();
    const joined = flights.underWay.find(({ reason }) => reason === 'rejected');
    const before = flights.all.length;
    const mayStart = !bars.isSurelyBarred(value, at);
    const mustStart = !joined && !isClosed() && bars.isSurelyFree(value, at) && !holdsAnother(value);
    const caller = newCaller('renew', controller, value);
    const signal = controller?.signal;
    const pending = follow(
      caller,
      call(() => provider.renew(rejected, { signal })),
    );
    const started = flights.all.slice(before).find(({ reason }) => reason === 'rejected');
    if (started && !mayStart) blame('I9: a second renewal read within the hold-down');
    if (!started && mustStart) blame('rule 6: no renewal read although no hold-down is known');
    await afterMicrotasks();
    caller.waited = caller.state === 'pending';
    const flight = started ?? joined;
    if (!caller.waited || !flight) {
      bars.touch(value, at);
      return pending;
    }
    bars.awaitRenewal(value, at);
    if (!flight.values.includes(value)) flight.values.push(value);
    return pending;
  }

  function holdsAnother(value: string): boolean {
    return (
      journal.held !== undefined && journal.held.version.value !== value && journal.isMaybeUsable(clock.now())
    );
  }

  async function abort(index: number): Promise<void> {
    const waiting = callers.filter(({ state }) => state === 'pending');
    const abortable = waiting.filter(({ controller }) => controller);
    const chosen = abortable[index % Math.max(1, abortable.length)]?.controller;
    if (!chosen) return;
    const reads = flights.underWay.length;
    chosen.abort(new Error('this caller gave up'));
    await clock.settle();
    for (const { controller, state } of waiting) {
      if (controller === chosen && state === 'pending') blame('I11: a caller still waits after its abort');
      if (controller !== chosen && state === 'settled') blame('I11: an abort settled another caller');
    }
    if (flights.underWay.length !== reads) blame('I11: an abort ended or began a read');
  }

  return {
    clock,
    store,
    journal,
    callers,
    offeredKeys,
    get closed() {
      return closed;
    },
    get invalidations() {
      return invalidations;
    },
    peek,
    getKey,
    renew,
    foreignKey: (value) => second.createApiKey(value, { source: 'elsewhere' }),
    abort,
    invalidate() {
      if (!isClosed()) {
        invalidations += 1;
        journal.noteInvalidation();
      }
      provider.invalidate();
    },
    hint() {
      journal.budget.noteHint(clock.now());
      store.hint();
    },
    jumpWall(ms) {
      if (ms < 0) journal.budget.noteSetBack();
      clock.jumpWall(ms);
    },
    close() {
      if (isClosed()) return;
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
    await Promise.resolve();
  }
}
