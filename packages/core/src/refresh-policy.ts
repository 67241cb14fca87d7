import { elapsedMs, momentNow, type Moment } from './age.ts';
import type { ApiKey } from './api-key.ts';
import { createBarredValues, FIRST_HOLD_DOWN_MS } from './barred-values.ts';
import type { CheckedReading } from './check-reading.ts';
import { createFlights, type Flight, type Landing } from './flights.ts';
import { ageMs, freshPeriodMs, holdKey, type HeldKey } from './held-key.ts';
import { copyKeyError, KeyError } from './key-error.ts';
import type { ResolvedKeyPolicy } from './key-policy.ts';
import type { KeyHealth, KeyState } from './key-provider.ts';
import type { KeyRuntime } from './key-runtime.ts';
import type { KeySource, ReadReason } from './key-source.ts';
import { identify, type KeyTeller } from './key-teller.ts';
import { placeOf } from './place.ts';
import { createRollbackGuard, ROLLBACK_CONFIRMATION_MS } from './rollback-guard.ts';
import { createStorePause } from './store-pause.ts';
import { createStoreVerdict } from './store-verdict.ts';
import { createWaitingCallers } from './waiting-callers.ts';
import { withoutUndefined } from './without-undefined.ts';

// The eleven rules of docs/decisions/refresh-policy.md, and nothing else. Everything is decided when somebody asks:
// there is no polling timer, because timers do not run in a frozen Lambda and keep handles open elsewhere.

export interface RefreshPolicyOptions {
  readonly source: KeySource;
  readonly policy: ResolvedKeyPolicy;
  readonly runtime: KeyRuntime;
  readonly teller: KeyTeller;
  /** Which environment of a config this is; told with the first key. */
  readonly environment: { readonly name: string; readonly from: string } | undefined;
  /** Events told during `run` reach their listeners after it. */
  readonly together: (run: () => void) => void;
  readonly onRawError: (error: unknown) => void;
  /** Called after each successful read. */
  readonly onSuccess: () => void;
}

export interface RefreshPolicy {
  readonly peek: () => ApiKey | undefined;
  getKey(signal: AbortSignal | undefined): Promise<ApiKey>;
  renew(rejected: ApiKey, signal: AbortSignal | undefined): Promise<ApiKey | undefined>;
  readonly invalidate: () => void;
  /** The store says that the secret may have changed. */
  readonly noteHint: () => void;
  readonly health: () => KeyHealth;
  close(): void;
}

/** Rule 11: hints cause one read a second at most. */
const HINT_PAUSE_MS = 1000;

export function createRefreshPolicy(options: RefreshPolicyOptions): RefreshPolicy {
  const { source, policy, runtime, teller } = options;
  const { tell } = teller;
  const bars = createBarredValues(runtime);
  const pause = createStorePause(runtime);
  const storeVerdict = createStoreVerdict(policy.deniedGraceMs);
  const rollbackGuard = createRollbackGuard();
  const callers = createWaitingCallers(() => flights.updateKeepAlive());
  const flights = createFlights({
    source,
    policy,
    runtime,
    isAwaited: () => callers.size > 0,
    onReading: teller.warnOf,
    onRawError: options.onRawError,
    onLanding(flight, landing) {
      options.together(() => land(flight, landing));
      if (callers.size > 0) readFor(callers.newestGeneration());
    },
  });

  let held: HeldKey | undefined;
  let generation = 0;
  let invalidatedGeneration: number | undefined;
  let newestSuccess = 0;
  let hintedAt: Moment | undefined;
  let closed = false;
  /** The newest read that has ended: the key it left us with, or its error; neither when what it brought was refused. */
  let landed:
    | { readonly generation: number; readonly taken: boolean; readonly error: KeyError | undefined }
    | undefined;
  // The verdict of the current wall millisecond: what makes `peek` as cheap as one look at the clock.
  let verdictMs = Number.NaN;
  let verdict: HeldKey | undefined;

  function isUsable(key: HeldKey | undefined, at: Moment): key is HeldKey {
    return key !== undefined && isYoungEnough(key, at) && isInForce(key, at) && !storeVerdict.forbidsUse(at);
  }

  function isYoungEnough(key: HeldKey, at: Moment): boolean {
    return ageMs(key, at) <= policy.maxStaleMs;
  }

  function isInForce(key: HeldKey, at: Moment): boolean {
    return at.wallMs < key.expiresAtMs && at.wallMs >= key.notBeforeMs;
  }

  function isOffered(key: HeldKey | undefined, at: Moment): key is HeldKey {
    return !closed && invalidatedGeneration === undefined && isUsable(key, at);
  }

  function isFresh(key: HeldKey, at: Moment): boolean {
    return ageMs(key, at) < key.freshForMs;
  }

  // --- Rules 1 and 2: from memory; an aged key at once, and one read behind it ------------------------------------

  function offer(): HeldKey | undefined {
    return runtime.wallMs() === verdictMs ? verdict : judge();
  }

  function judge(): HeldKey | undefined {
    const at = momentNow(runtime);
    const offered = isOffered(held, at) ? held : undefined;
    const mayRead = flights.size === 0 && pause.isOver(at);
    if (offered && mayRead && !isFresh(offered, at)) flights.start('aged', generation);
    verdictMs = at.wallMs;
    verdict = offered;
    return offered;
  }

  function forgetVerdict(): void {
    verdictMs = Number.NaN;
  }

  // --- Rule 5: nothing usable -------------------------------------------------------------------------------------

  function getKey(signal: AbortSignal | undefined): Promise<ApiKey> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    return offer()?.promise ?? waitForKey(signal);
  }

  function waitForKey(signal: AbortSignal | undefined): Promise<ApiKey> {
    if (closed) return Promise.reject(closedError());
    const at = momentNow(runtime);
    // An invalidation has its read even during a pause: that pause is about a read that began before it.
    const mayNotRead = invalidatedGeneration === undefined && !pause.isOver(at) && flights.size === 0;
    if (mayNotRead && pause.lastError) return Promise.reject(copyKeyError(pause.lastError));
    const oldestGeneration = invalidatedGeneration ?? 0;
    return new Promise((resolve, reject) => {
      const caller = {
        generation: oldestGeneration,
        answer: () => answerCaller(caller, resolve, reject),
      };
      callers.add(caller, signal, reject);
      readFor(oldestGeneration);
    });
  }

  /** A second `invalidate` during a read that the first one caused waits its turn, so that a loop can't flood. */
  function readFor(oldestGeneration: number): void {
    const reason = reasonToWait();
    if (flights.isUnderWay(oldestGeneration) || flights.find('invalidated') || flights.find(reason)) return;
    flights.start(reason, generation);
  }

  function answerCaller(
    caller: { generation: number },
    resolve: (key: Promise<ApiKey>) => void,
    reject: (error: KeyError) => void,
  ): boolean {
    if (closed) {
      reject(closedError());
      return true;
    }
    const isForCaller = landed !== undefined && landed.generation >= caller.generation;
    const now = momentNow(runtime);
    // With maxStale 0 a key is never usable later on, and still answers those who waited for it. After a failed
    // invalidation the old key is served by rule 3, also when somebody has invalidated it again meanwhile.
    const isAnswer =
      isOffered(held, now) || (isForCaller && (landed?.taken || (landed?.error && isUsable(held, now))));
    if (held && isAnswer) {
      resolve(held.promise);
      return true;
    }
    if (flights.isUnderWay(caller.generation)) return false;
    if (isForCaller && landed?.error) {
      reject(landed.error);
      return true;
    }
    caller.generation = generation;
    return false;
  }

  function reasonToWait(): ReadReason {
    if (invalidatedGeneration !== undefined) return 'invalidated';
    return held ? 'aged' : 'initial';
  }

  // --- Rules 6 and 7: a rejected key ------------------------------------------------------------------------------

  function betterKey(rejectedValue: string, at: Moment): ApiKey | undefined {
    if (!isOffered(held, at) || held.value === rejectedValue) return undefined;
    return bars.isBarred(held.value, at) ? undefined : held.key;
  }

  async function renew(rejected: ApiKey, signal: AbortSignal | undefined): Promise<ApiKey | undefined> {
    if (signal?.aborted) throw signal.reason;
    if (closed) return undefined;
    const at = momentNow(runtime);
    const value = rejected.reveal();
    const better = betterKey(value, at);
    if (better) {
      if (!bars.isBarred(value, at)) bars.bar(value, FIRST_HOLD_DOWN_MS, at);
      return better;
    }
    const renewal = flights.find('rejected');
    if (!renewal && bars.isBarred(value, at)) return undefined;
    bars.bar(value, Number.POSITIVE_INFINITY, at);
    const flight = renewal ?? startRenewal(rejected);
    flight.rejected.add(value);
    return waitForRenewal(value, flight, signal);
  }

  function startRenewal(rejected: ApiKey): Flight {
    generation += 1;
    const flight = flights.start('rejected', generation);
    tell('rejected', () => ({ last4: rejected.last4, fingerprint: rejected.fingerprint }));
    return flight;
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
      callers.add({ generation: flight.generation, answer }, signal, reject);
    });
  }

  function endRenewal(flight: Flight, failed: boolean, at: Moment): void {
    const durationMs = elapsedMs(flight.startedAt, at);
    const end = (outcome: 'new-key' | 'same-key' | 'store-failed', holdDownMs: number): void =>
      tell('renewed', () => ({ outcome, holdDownMs, durationMs }));
    for (const value of flight.rejected) {
      if (betterKey(value, at)) {
        bars.bar(value, FIRST_HOLD_DOWN_MS, at);
        end('new-key', 0);
      } else if (failed) {
        bars.bar(value, pause.remainingMs(at), at);
        end('store-failed', pause.remainingMs(at));
      } else {
        end('same-key', bars.holdDown(value, at));
      }
    }
  }

  // --- What a read brings -----------------------------------------------------------------------------------------

  function land(flight: Flight, landing: Landing): void {
    forgetVerdict();
    const at = momentNow(runtime);
    const { error } = landing;
    if (landing.error) noteFailure(flight, landing.error, at);
    else noteSuccess(flight, landing.reading, at);
    // After a failed read the old key is served again: rule 3.
    if (flight.generation >= (invalidatedGeneration ?? 0)) invalidatedGeneration = undefined;
    endRenewal(flight, error !== undefined, at);
    landed = { generation: flight.generation, taken: held?.confirmedAt === flight.startedAt, error };
    callers.answer();
  }

  function noteSuccess(flight: Flight, reading: CheckedReading, at: Moment): void {
    if (isOutdated(flight) && !isBarred(held, at)) return;
    newestSuccess = Math.max(newestSuccess, flight.order);
    // Before the success clears what the store has said against the key: a key that it stopped holds nothing back.
    const replaces = mayReplace(held, reading, at);
    pause.noteSuccess();
    storeVerdict.noteSuccess();
    if (flight.generation < generation && isBarred(reading, at)) return;
    if (held?.value === reading.value) {
      hold(reading, flight);
      tell('refreshed', () => ({ ...identify(reading), durationMs: elapsedMs(flight.startedAt, at) }));
    } else if (replaces) {
      adopt(reading, flight, at);
    } else {
      pause.extend(ROLLBACK_CONFIRMATION_MS, at);
    }
    teller.tellAge(reading.key, at);
    options.onSuccess();
  }

  /** A read that began later has answered already: it knows better, unless what it gave was rejected. */
  function isOutdated(flight: Flight): boolean {
    return flight.order < newestSuccess;
  }

  function isBarred(reading: CheckedReading | undefined, at: Moment): boolean {
    return reading !== undefined && bars.isBarred(reading.value, at);
  }

  /** Rules 7 and 9: neither a rejected key nor an older version pushes out a key that works. */
  function mayReplace(current: HeldKey | undefined, reading: CheckedReading, at: Moment): boolean {
    if (!isUsable(current, at)) return true;
    if (isBarred(reading, at)) return false;
    return isBarred(current, at) || !rollbackGuard.holdsBack(reading, current, at);
  }

  function adopt(reading: CheckedReading, flight: Flight, at: Moment): void {
    const previous = held;
    bars.reset(at);
    hold(reading, flight);
    const fields = () => ({ ...identify(reading), durationMs: elapsedMs(flight.startedAt, at) });
    if (previous) {
      tell('changed', () => ({ ...fields(), previousLast4: previous.key.last4, reason: flight.reason }));
    } else {
      const { name: environment, from: environmentFrom } = options.environment ?? {};
      tell('resolved', () => ({ ...fields(), environment, environmentFrom }));
    }
  }

  function hold(reading: CheckedReading, flight: Flight): void {
    const freshForMs = freshPeriodMs(policy.freshMs, held === undefined, runtime);
    rollbackGuard.clear();
    held = holdKey(reading, held, flight.startedAt, freshForMs);
    if (isHintedSince(flight)) held = ageByHint(held);
  }

  /** Rules 3 and 4: the key is served on, unless the store says clearly enough that it must not be. */
  function noteFailure(flight: Flight, error: KeyError, at: Moment): void {
    const outdated = isOutdated(flight);
    if (!outdated) storeVerdict.noteFailure(error, at);
    const retryInMs = outdated ? pause.remainingMs(at) : pause.noteFailure(error, at);
    const { code, hint } = error;
    tell('failed', () => ({
      source: error.source || source.name,
      location: error.location || source.location,
      code,
      hint,
      reason: flight.reason,
      durationMs: elapsedMs(flight.startedAt, at),
      retryInMs,
    }));
    if (isUsable(held, at)) {
      const staleMs = ageMs(held, at);
      tell('served-stale', () => ({ code, ageMs: staleMs }));
    }
  }

  // --- Rule 11: hints and invalidation ----------------------------------------------------------------------------

  function noteHint(): void {
    if (closed || !held) return;
    hintedAt = momentNow(runtime);
    held = ageByHint(held);
    forgetVerdict();
  }

  /** Aged at once, but not before a second has passed since the last read began. */
  function ageByHint(key: HeldKey): HeldKey {
    const sinceConfirmedMs = elapsedMs(key.confirmedAt, flights.lastStartedAt ?? key.confirmedAt);
    return { ...key, freshForMs: Math.min(key.freshForMs, sinceConfirmedMs + HINT_PAUSE_MS) };
  }

  /** A notice that came during the read may be about a change that the read has not seen. */
  function isHintedSince(flight: Flight): boolean {
    return hintedAt !== undefined && hintedAt.monotonicMs >= flight.startedAt.monotonicMs;
  }

  function invalidate(): void {
    if (closed) return;
    generation += 1;
    invalidatedGeneration = generation;
    pause.end();
    forgetVerdict();
  }

  // --- Health and end ---------------------------------------------------------------------------------------------

  function stateAt(at: Moment): KeyState {
    if (!held) return 'empty';
    if (!isOffered(held, at)) return 'stale';
    if (pause.lastError) return 'failing';
    return isFresh(held, at) ? 'fresh' : 'aged';
  }

  function survivesOutageMs(at: Moment): number {
    if (!isOffered(held, at)) return 0;
    const youngForMs = policy.maxStaleMs - ageMs(held, at);
    return Math.min(youngForMs, held.expiresAtMs - at.wallMs, storeVerdict.remainingMs(at));
  }

  function health(): KeyHealth {
    const at = momentNow(runtime);
    return withoutUndefined({
      state: stateAt(at),
      ...placeOf(held?.origin ?? source),
      version: held?.key.version,
      last4: held?.key.last4,
      ageMs: held && ageMs(held, at),
      lastErrorCode: pause.lastError?.code,
      nextAttemptInMs: pause.remainingMs(at),
      survivesOutageMs: survivesOutageMs(at),
    });
  }

  function closedError(): KeyError {
    const hint = 'Close the provider later, or create a new one.';
    return new KeyError({ code: 'closed', ...placeOf(source), hint });
  }

  function close(): void {
    closed = true;
    forgetVerdict();
    flights.abortAll(closedError());
    callers.answer();
  }

  return { peek: () => offer()?.key, getKey, renew, invalidate, noteHint, health, close };
}
