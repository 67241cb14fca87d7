import { elapsedMs, momentNow, type Moment } from './age.ts';
import type { ApiKey } from './api-key.ts';
import { backOffMs, clampRetryAfterMs } from './back-off.ts';
import { createBarredValues } from './barred-values.ts';
import { startBoundedRead, type BoundedRead, type ReadResult } from './bounded-read.ts';
import { checkReading, type CheckedReading } from './check-reading.ts';
import { ageMs, freshPeriodMs, holdKey, type HeldKey } from './held-key.ts';
import { copyKeyError, KeyError } from './key-error.ts';
import type { ResolvedKeyPolicy } from './key-policy.ts';
import type { KeyHealth, KeyState } from './key-provider.ts';
import type { KeyRuntime } from './key-runtime.ts';
import type { KeySource, ReadReason } from './key-source.ts';
import type { KeyTeller } from './key-teller.ts';
import { createRetryBucket } from './retry-bucket.ts';
import { createRollbackGuard, ROLLBACK_CONFIRMATION_MS } from './rollback-guard.ts';
import { createStoreVerdict } from './store-verdict.ts';
import { toKeyError } from './to-key-error.ts';
import { createWaitingCallers } from './waiting-callers.ts';

// The eleven rules of docs/decisions/refresh-policy.md, and nothing else. Everything is decided when somebody asks:
// there is no polling timer, because timers do not run in a frozen Lambda and keep handles open elsewhere.

export interface RefreshPolicyOptions {
  readonly source: KeySource;
  readonly policy: ResolvedKeyPolicy;
  readonly runtime: KeyRuntime;
  readonly tell: KeyTeller;
  readonly onRawError: ((error: unknown) => void) | undefined;
  /** Called after each successful read. */
  readonly onSuccess: () => void;
}

export interface RefreshPolicy {
  peek(): ApiKey | undefined;
  getKey(signal: AbortSignal | undefined): Promise<ApiKey>;
  renew(rejected: ApiKey, signal: AbortSignal | undefined): Promise<ApiKey | undefined>;
  invalidate(): void;
  /** The store says that the secret may have changed. */
  noteHint(): void;
  health(): KeyHealth;
  close(): void;
}

/** One read under way. */
interface Flight {
  /** Counts all reads: a later one has a higher order. */
  readonly order: number;
  /** Raised by every rejection and invalidation: a read of an older generation may bring what was refused. */
  readonly generation: number;
  readonly reason: ReadReason;
  readonly startedAt: Moment;
  /** The rejected values whose renewal waits for this read. */
  readonly rejected: Set<string>;
  readonly read: BoundedRead;
}

interface Pause {
  readonly since: Moment;
  readonly forMs: number;
}

const HINT_PAUSE_MS = 1000;

export function createRefreshPolicy(options: RefreshPolicyOptions): RefreshPolicy {
  const { source, policy, runtime, tell } = options;
  const bars = createBarredValues(runtime.random);
  const storeVerdict = createStoreVerdict(policy.deniedGraceMs);
  const rollbackGuard = createRollbackGuard();
  const bucket = createRetryBucket();
  const flights = new Set<Flight>();
  const callers = createWaitingCallers(keepAliveWhileAwaited);

  let held: HeldKey | undefined;
  let generation = 0;
  let invalidatedGeneration: number | undefined;
  let readsStarted = 0;
  let newestSuccess = 0;
  let failuresInARow = 0;
  let lastError: KeyError | undefined;
  let pause: Pause | undefined;
  let hintedAt: Moment | undefined;
  let lastReadAt: Moment | undefined;
  let closed = false;
  // The last settled read, for the callers that wait.
  let settled: { readonly generation: number; readonly error: KeyError | undefined } | undefined;
  // The verdict of the current wall millisecond: what makes `peek` as cheap as one look at the clock.
  let verdictMs = Number.NaN;
  let verdict: HeldKey | undefined;

  // --- Predicates -------------------------------------------------------------------------------------------------

  function isUsable(at: Moment): boolean {
    return (
      held !== undefined && isYoungEnough(held, at) && isInForce(held, at) && !storeVerdict.forbidsUse(at)
    );
  }

  function isYoungEnough(key: HeldKey, at: Moment): boolean {
    return ageMs(key, at) <= policy.maxStaleMs;
  }

  function isInForce(key: HeldKey, at: Moment): boolean {
    return at.wallMs < key.expiresAtMs && at.wallMs >= key.notBeforeMs;
  }

  function isOffered(at: Moment): boolean {
    return !closed && invalidatedGeneration === undefined && isUsable(at);
  }

  function isFresh(key: HeldKey, at: Moment): boolean {
    return ageMs(key, at) < key.freshForMs;
  }

  function isPaused(at: Moment): boolean {
    return pause !== undefined && elapsedMs(pause.since, at) < pause.forMs;
  }

  function isUnderWay(oldestGeneration: number): boolean {
    return [...flights].some((flight) => flight.generation >= oldestGeneration);
  }

  // --- Rules 1, 2 and 5: what a caller gets -----------------------------------------------------------------------

  function offer(): HeldKey | undefined {
    return runtime.wallMs() === verdictMs ? verdict : judge();
  }

  function judge(): HeldKey | undefined {
    const at = momentNow(runtime);
    const offered = isOffered(at) ? held : undefined;
    if (offered && !isFresh(offered, at) && !isPaused(at) && flights.size === 0) startRead('aged', at);
    verdictMs = at.wallMs;
    verdict = offered;
    return offered;
  }

  function forgetVerdict(): void {
    verdictMs = Number.NaN;
  }

  function getKey(signal: AbortSignal | undefined): Promise<ApiKey> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    return offer()?.promise ?? waitForKey(signal);
  }

  function waitForKey(signal: AbortSignal | undefined): Promise<ApiKey> {
    if (closed) return Promise.reject(closedError());
    const at = momentNow(runtime);
    const oldestGeneration = invalidatedGeneration ?? 0;
    const underWay = isUnderWay(oldestGeneration);
    if (lastError && isPaused(at) && !underWay) return Promise.reject(copyKeyError(lastError));
    return new Promise((resolve, reject) => {
      const caller = {
        generation: oldestGeneration,
        answer(): boolean {
          const now = momentNow(runtime);
          const answersUs = settled !== undefined && settled.generation >= caller.generation;
          if (held && (isOffered(now) || (answersUs && !settled?.error))) {
            resolve(held.promise);
            return true;
          }
          if (isUnderWay(caller.generation)) return false;
          if (answersUs && settled?.error) {
            reject(settled.error);
            return true;
          }
          caller.generation = generation;
          return false;
        },
        dismiss: () => reject(closedError()),
      };
      callers.add(caller, signal, reject);
      if (!underWay && !isInvalidatedReadUnderWay()) startRead(reasonToWait(), at);
    });
  }

  /** A second `invalidate` during a read that the first one caused waits its turn, so that a loop can't flood. */
  function isInvalidatedReadUnderWay(): boolean {
    return [...flights].some((flight) => flight.reason === 'invalidated');
  }

  function reasonToWait(): ReadReason {
    if (invalidatedGeneration !== undefined) return 'invalidated';
    return held ? 'aged' : 'initial';
  }

  // --- Rules 6 and 7: a rejected key ------------------------------------------------------------------------------

  function betterKey(rejectedValue: string, at: Moment): ApiKey | undefined {
    if (!held || held.value === rejectedValue || !isOffered(at)) return undefined;
    return bars.isBarred(held.value, at) ? undefined : held.key;
  }

  async function renew(rejected: ApiKey, signal: AbortSignal | undefined): Promise<ApiKey | undefined> {
    if (signal?.aborted) throw signal.reason;
    if (closed) return undefined;
    const at = momentNow(runtime);
    const value = rejected.reveal();
    const better = betterKey(value, at);
    if (better) {
      bars.remember(value, at);
      return better;
    }
    const renewal = [...flights].find((flight) => flight.reason === 'rejected');
    if (!renewal && bars.isBarred(value, at)) return undefined;
    if (!renewal) generation += 1;
    bars.bar(value, at);
    const flight = renewal ?? startRead('rejected', at);
    flight.rejected.add(value);
    if (!renewal) tell.rejected(rejected);
    return waitForRenewal(value, flight, signal);
  }

  function waitForRenewal(
    rejectedValue: string,
    flight: Flight,
    signal: AbortSignal | undefined,
  ): Promise<ApiKey | undefined> {
    return new Promise((resolve, reject) => {
      const answer = (): boolean => {
        const better = betterKey(rejectedValue, momentNow(runtime));
        if (!better && flights.has(flight)) return false;
        resolve(better);
        return true;
      };
      const dismiss = (): void => resolve(undefined);
      callers.add({ generation: flight.generation, answer, dismiss }, signal, reject);
    });
  }

  function endRenewal(flight: Flight, error: KeyError | undefined, at: Moment): void {
    const durationMs = elapsedMs(flight.startedAt, at);
    for (const value of flight.rejected) {
      if (betterKey(value, at)) {
        tell.renewed('new-key', 0, durationMs);
      } else if (error) {
        const holdDownMs = pause?.forMs ?? HINT_PAUSE_MS;
        bars.holdFor(value, holdDownMs, at);
        tell.renewed('store-failed', holdDownMs, durationMs);
      } else {
        tell.renewed('same-key', bars.holdDown(value, at), durationMs);
      }
    }
  }

  // --- Reads ------------------------------------------------------------------------------------------------------

  function startRead(reason: ReadReason, at: Moment): Flight {
    readsStarted += 1;
    lastReadAt = at;
    const read = startBoundedRead({
      source,
      reason,
      runtime,
      bucket,
      deadlineMs: policy.deadlineMs,
      // Rule 8: the first read may have an SDK to load and a login to make.
      attemptMs: readsStarted === 1 ? policy.deadlineMs : policy.attemptMs,
      isAwaited: () => callers.size > 0,
    });
    const flight = {
      order: readsStarted,
      generation,
      reason,
      startedAt: at,
      rejected: new Set<string>(),
      read,
    };
    flights.add(flight);
    keepAliveWhileAwaited();
    void read.result.then((result) => settle(flight, result));
    return flight;
  }

  function keepAliveWhileAwaited(): void {
    for (const { read } of flights) read.keepAlive(callers.size > 0);
  }

  function settle(flight: Flight, result: ReadResult): void {
    flights.delete(flight);
    if (closed) return;
    forgetVerdict();
    const at = momentNow(runtime);
    const outcome = examine(result, at);
    const error = 'reading' in outcome ? undefined : outcome.error;
    if ('reading' in outcome) noteSuccess(flight, outcome.reading, at);
    else noteFailure(flight, outcome.error, at);
    if (invalidatedGeneration !== undefined && flight.generation >= invalidatedGeneration) {
      invalidatedGeneration = undefined;
    }
    endRenewal(flight, error, at);
    settled = { generation: flight.generation, error };
    callers.answer();
    const unserved = callers.newestGeneration();
    if (unserved !== undefined && !isUnderWay(unserved)) startRead(reasonToWait(), at);
  }

  function examine(result: ReadResult, at: Moment): { reading: CheckedReading } | { error: KeyError } {
    if ('error' in result) {
      if ('raw' in result) tellRawError(result.raw);
      return { error: result.error };
    }
    try {
      tell.warnings(result.reading);
      return { reading: checkReading(result.reading, source, at.wallMs) };
    } catch (raw) {
      return { error: toKeyError(raw, source) };
    }
  }

  /** Debugging only; see `KeyProviderOptions.onRawError`. */
  function tellRawError(raw: unknown): void {
    try {
      options.onRawError?.(raw);
    } catch {
      // An observer's failure is its own.
    }
  }

  function noteSuccess(flight: Flight, reading: CheckedReading, at: Moment): void {
    if (isOutdated(flight) && !(held && bars.isBarred(held.value, at))) return;
    newestSuccess = Math.max(newestSuccess, flight.order);
    failuresInARow = 0;
    lastError = undefined;
    pause = undefined;
    storeVerdict.noteSuccess();
    const durationMs = elapsedMs(flight.startedAt, at);
    const isOlderGeneration = flight.generation < generation;
    if (isOlderGeneration && bars.isBarred(reading.value, at)) return;
    if (held?.value === reading.value) {
      hold(reading, flight);
      tell.refreshed(reading, durationMs);
    } else if (held && isUsable(at) && bars.isBarred(reading.value, at)) {
      pauseFor(ROLLBACK_CONFIRMATION_MS, at);
    } else if (held && isUsable(at) && isHeldBack(reading, held, at)) {
      pauseFor(ROLLBACK_CONFIRMATION_MS, at);
    } else {
      adopt(reading, flight, at, durationMs);
    }
    tell.age(reading.key, at);
    options.onSuccess();
  }

  /** A read that began later has answered already: it knows better, unless what it gave was rejected. */
  function isOutdated(flight: Flight): boolean {
    return flight.order < newestSuccess;
  }

  function isHeldBack(reading: CheckedReading, current: HeldKey, at: Moment): boolean {
    return !bars.isBarred(current.value, at) && rollbackGuard.holdsBack(reading, current, at);
  }

  function adopt(reading: CheckedReading, flight: Flight, at: Moment, durationMs: number): void {
    const previous = held;
    bars.reset(at);
    hold(reading, flight);
    if (previous) tell.changed(reading, previous.key, flight.reason, durationMs);
    else tell.resolved(reading, durationMs);
  }

  function hold(reading: CheckedReading, flight: Flight): void {
    const freshForMs = freshPeriodMs(policy.freshMs, held === undefined, runtime.random);
    rollbackGuard.clear();
    held = holdKey(reading, held, flight.startedAt, isHintedSince(flight) ? 0 : freshForMs);
  }

  /** A notice that came during the read may be about a change that the read has not seen. */
  function isHintedSince(flight: Flight): boolean {
    return hintedAt !== undefined && hintedAt.monotonicMs >= flight.startedAt.monotonicMs;
  }

  // --- Rules 3 and 4: what a failure means ------------------------------------------------------------------------

  function noteFailure(flight: Flight, error: KeyError, at: Moment): void {
    const durationMs = elapsedMs(flight.startedAt, at);
    if (isOutdated(flight)) {
      tell.failed(error, flight.reason, durationMs, 0);
      return;
    }
    failuresInARow += 1;
    lastError = error;
    storeVerdict.noteFailure(error.code, at);
    const retryInMs = Math.max(
      backOffMs(failuresInARow, runtime.random),
      clampRetryAfterMs(error.retryAfterMs) ?? 0,
    );
    pause = { since: at, forMs: retryInMs };
    tell.failed(error, flight.reason, durationMs, retryInMs);
    if (held && isUsable(at)) tell.servedStale(error, ageMs(held, at));
  }

  function pauseFor(forMs: number, at: Moment): void {
    const remaining = pause ? pause.forMs - elapsedMs(pause.since, at) : 0;
    if (forMs > remaining) pause = { since: at, forMs };
  }

  // --- Rule 11: hints and invalidation ----------------------------------------------------------------------------

  function noteHint(): void {
    if (closed || !held) return;
    const at = momentNow(runtime);
    hintedAt = at;
    held = { ...held, freshForMs: 0 };
    const sinceRead = lastReadAt ? elapsedMs(lastReadAt, at) : HINT_PAUSE_MS;
    if (sinceRead < HINT_PAUSE_MS) pauseFor(HINT_PAUSE_MS - sinceRead, at);
    forgetVerdict();
  }

  function invalidate(): void {
    if (closed) return;
    generation += 1;
    invalidatedGeneration = generation;
    failuresInARow = 0;
    pause = undefined;
    forgetVerdict();
  }

  // --- Health and end ---------------------------------------------------------------------------------------------

  function stateAt(at: Moment): KeyState {
    if (!held) return 'empty';
    if (!isOffered(at)) return 'stale';
    if (lastError) return 'failing';
    return isFresh(held, at) ? 'fresh' : 'aged';
  }

  function survivesOutageMs(at: Moment): number {
    if (!held || !isOffered(at)) return 0;
    const youngFor = policy.maxStaleMs - ageMs(held, at);
    return Math.min(youngFor, held.expiresAtMs - at.wallMs, storeVerdict.remainingMs(at));
  }

  function health(): KeyHealth {
    const at = momentNow(runtime);
    const { name, location } = held?.origin ?? source;
    return {
      state: stateAt(at),
      source: name,
      location,
      ...(held && { last4: held.key.last4, ageMs: ageMs(held, at) }),
      ...(held?.key.version !== undefined && { version: held.key.version }),
      ...(lastError && { lastErrorCode: lastError.code }),
      nextAttemptInMs: pause ? Math.max(0, pause.forMs - elapsedMs(pause.since, at)) : 0,
      survivesOutageMs: survivesOutageMs(at),
    };
  }

  function closedError(): KeyError {
    return new KeyError({
      code: 'closed',
      source: source.name,
      location: source.location,
      hint: 'Create a new provider, or close this one later.',
    });
  }

  function close(): void {
    closed = true;
    forgetVerdict();
    for (const { read } of flights) read.abort(closedError());
    flights.clear();
    callers.dismissAll();
  }

  return {
    peek: () => offer()?.key,
    getKey,
    renew,
    invalidate,
    noteHint,
    health,
    close,
  };
}
