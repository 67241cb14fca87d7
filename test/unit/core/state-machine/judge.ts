import { isKeyError, type ApiKey } from '@magic-hour-keys/core';
import type { LeanClock, Moment } from '../../../simulation/lean-clock.ts';
import type { Journal } from './journal.ts';
import { elapsed, MINUTE } from './moments.ts';
import type { ScheduledStore, StoredVersion } from './scheduled-store.ts';

/** One caller that waits, or waited, for a promise of the provider. */
export interface Caller {
  readonly kind: 'getKey' | 'renew';
  readonly askedAtStep: number;
  /** The value that it says was rejected. */
  readonly rejected: string | undefined;
  readonly controller: AbortController | undefined;
  /** Whether it had to wait for a read. */
  waited: boolean;
  state: 'pending' | 'settled';
}

export interface JudgeOptions {
  readonly journal: Journal;
  readonly clock: LeanClock;
  readonly store: ScheduledStore;
  readonly maxStaleMs: number;
  isClosed(): boolean;
}

/** Decides whether what callers were given is what the rules allow. */
export interface Judge {
  /** Whether a caller of this moment surely gets a key from memory. */
  isOffered(at: Moment): boolean;
  /** Somebody was given a key from memory, or looked in vain. */
  noteAsked(at: Moment): void;
  peeked(key: ApiKey | undefined, at: Moment): void;
  answered(caller: Caller, key: ApiKey | undefined): void;
  refused(caller: Caller, error: unknown): void;
}

export function createJudge({ journal, clock, store, maxStaleMs, isClosed }: JudgeOptions): Judge {
  const { blame, bars } = journal;
  let lastAsked: { readonly wallMs: number; readonly step: number } | undefined;

  /** Within a wall millisecond the former verdict counts, whatever the other clock did: that makes `peek` cheap. */
  function isSameVerdict(at: Moment): boolean {
    return at.wallMs === lastAsked?.wallMs && journal.steps === lastAsked.step;
  }

  function isOffered(at: Moment): boolean {
    return !isClosed() && journal.invalidatedAtStep === undefined && journal.isSurelyUsable(at);
  }

  function judgeKey(key: ApiKey, how: string, isJustRead: (version: StoredVersion) => boolean): void {
    const at = clock.now();
    const value = key.reveal();
    const { held } = journal;
    const version = store.versions.find((candidate) => candidate.value === value);
    if (!version) return blame(`I4: ${how} gave what was never stored as a key`);
    if (held?.version !== version) return blame(`I12: ${how} gave ${version.name}, of which no event told`);
    if (isSameVerdict(at)) return;
    if (at.wallMs >= version.expiresAtMs) blame(`I3: ${how} gave an expired key`);
    if (isJustRead(version)) return;
    const ageMs = elapsed(held.confirmedAt, at);
    if (ageMs > maxStaleMs) blame(`I3: ${how} gave a key that is ${ageMs} ms old`);
    else if (!journal.isMaybeUsable(at)) blame(`rule 4: ${how} gave a key that the store has withdrawn`);
  }

  function judgeRenewed(caller: Caller, key: ApiKey, at: Moment): void {
    if (key.reveal() === caller.rejected) blame('rule 6: renew gave the rejected key');
    if (bars.isSurelyBarred(key.reveal(), at)) blame('rule 7: renew gave a barred key');
  }

  function judgeNothing(caller: Caller, at: Moment): void {
    const value = journal.held?.version.value ?? '';
    const isBetter = value !== caller.rejected && bars.isSurelyFree(value, at);
    if (isBetter && isOffered(at)) blame('rule 6: renew gave nothing although memory held another key');
  }

  return {
    isOffered,
    noteAsked: (at) => void (lastAsked = { wallMs: at.wallMs, step: journal.steps }),
    peeked(key, at) {
      if (key) {
        judgeKey(key, 'peek', () => false);
        if (journal.invalidatedAtStep !== undefined) blame('rule 11: peek gave an invalidated key');
      } else if (isOffered(at) && !isSameVerdict(at)) {
        blame('rule 2: peek hid a usable key');
      }
    },
    answered(caller, key) {
      const at = clock.now();
      if (!key) return judgeNothing(caller, at);
      const { newestReading, invalidatedAtStep } = journal;
      const isSinceAsked = newestReading !== undefined && newestReading.step > caller.askedAtStep;
      judgeKey(
        key,
        caller.kind,
        // Whoever waits for a read gets what it brings, however short maxStale is.
        (version) => caller.kind === 'getKey' && isSinceAsked && newestReading.version === version,
      );
      if (caller.kind === 'renew') judgeRenewed(caller, key, at);
      if (invalidatedAtStep !== undefined && invalidatedAtStep < caller.askedAtStep) {
        blame(`rule 11: ${caller.kind} gave a key that was invalidated`);
      }
    },
    refused(caller, error) {
      const at = clock.now();
      const { signal } = caller.controller ?? {};
      if (signal?.aborted && error === signal.reason) return;
      if (!isKeyError(error)) return blame(`I6: ${caller.kind} failed with a foreign error`);
      if (caller.kind === 'renew') return blame(`rule 6: renew failed with ${error.code}`);
      if (isClosed() && error.code === 'closed') return;
      if (journal.isSurelyUsable(at)) blame(`rule 3: getKey failed (${error.code}) with a usable key`);
      const verdicts = [journal.lastFailure, journal.budget.pausedBy];
      const verdict = verdicts.find((candidate) => candidate?.code === error.code);
      if (!verdict) blame(`rule 5: ${error.code} is not what the store said`);
      else if (elapsed(verdict.at, at) >= 5 * MINUTE) blame('rule 5: an old verdict is told again');
    },
  };
}
