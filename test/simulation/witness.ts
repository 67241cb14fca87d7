import type { KeyEvent } from '@magic-hour-keys/core';
import { MINUTE, SECOND } from './durations.ts';
import type { LeanClock, Moment } from './lean-clock.ts';
import type { Answer, SimulatedStore } from './simulated-store.ts';

export interface WitnessRules {
  readonly freshMs: number;
  readonly maxStaleMs: number;
  readonly deniedGraceMs: number;
}

/** Knows what the store really did, and so which failure of a caller the rules allow. */
export interface Witness {
  readonly oldestServedMs: number;
  readonly longestRecoveryMs: number;
  noteProcessStart(): void;
  noteAnswer(answer: Answer): void;
  noteEvent(event: KeyEvent): void;
  noteFaultEnd(): void;
  /** The store's current key is accepted by the API from now on. */
  noteCurrentAccepted(): void;
  /** Called after each request for a key; `served` when there was one. */
  noteAsk(served: boolean): void;
  /** Why the rules allow that there was no key, or undefined when they do not. */
  explainNoKey(): string | undefined;
  /** Why the rules allow that the API's refusal reached the caller. */
  explainRefusal(isCurrentAccepted: boolean): string | undefined;
}

/** Rule 3's longest pause and rule 8's deadline. */
const LONGEST_RECOVERY_MS = MINUTE + 10 * SECOND;
/** Retry-After, as the rules clamp it. */
const LONGEST_RETRY_AFTER_MS = 5 * MINUTE + 10 * SECOND;
const LONGEST_HOLD_DOWN_MS = 75 * SECOND + 10 * SECOND;
const GONE_CONFIRMATION_MS = 30 * SECOND;

export function createWitness(clock: LeanClock, store: SimulatedStore, rules: WitnessRules): Witness {
  let confirmedAt: Moment | undefined;
  let firstDenial: Moment | undefined;
  let firstGoneMs: number | undefined;
  let lastGoneMs = 0;
  let failing = false;
  let leftAloneUntilMs = -Infinity;
  let faultEndMs = -Infinity;
  let acceptedSinceMs = -Infinity;
  let oldestServedMs = 0;
  let longestRecoveryMs = 0;

  function elapsed(since: Moment): number {
    const { wallMs, monotonicMs } = clock.now();
    return Math.max(wallMs - since.wallMs, monotonicMs - since.monotonicMs);
  }

  function nowMs(): number {
    return clock.now().monotonicMs;
  }

  function isStoreBad(): boolean {
    if (store.faults.size > 0) return true;
    const isLeftAlone = nowMs() <= leftAloneUntilMs + 10 * SECOND;
    return nowMs() - faultEndMs <= (isLeftAlone ? LONGEST_RETRY_AFTER_MS : LONGEST_RECOVERY_MS);
  }

  function whyUnusable(): string | undefined {
    if (!confirmedAt) return 'no key since the start of the process';
    if (elapsed(confirmedAt) > rules.maxStaleMs) return 'older than maxStale';
    if (firstDenial && elapsed(firstDenial) >= rules.deniedGraceMs) return 'denied for too long';
    if (firstGoneMs !== undefined && lastGoneMs - firstGoneMs >= GONE_CONFIRMATION_MS)
      return 'gone, seen twice';
    return undefined;
  }

  /** How long ago the store recovered, while a provider that has failed still makes no read for its aged key. */
  function noteRecovery(): void {
    if (!failing || store.faults.size > 0 || store.inFlight > 0) return;
    if (confirmedAt && elapsed(confirmedAt) < 1.2 * rules.freshMs) return;
    if (nowMs() <= leftAloneUntilMs) return;
    longestRecoveryMs = Math.max(longestRecoveryMs, nowMs() - faultEndMs);
  }

  return {
    get oldestServedMs() {
      return oldestServedMs;
    },
    get longestRecoveryMs() {
      return longestRecoveryMs;
    },
    noteProcessStart() {
      confirmedAt = undefined;
      firstDenial = undefined;
      firstGoneMs = undefined;
      failing = false;
      leftAloneUntilMs = -Infinity;
    },
    noteAnswer({ fault, startedAt }) {
      if (fault === undefined) {
        confirmedAt = startedAt;
        firstDenial = undefined;
        firstGoneMs = undefined;
      } else if (fault === 'denied') {
        firstDenial ??= clock.now();
      } else if (fault === 'gone') {
        firstGoneMs ??= nowMs();
        lastGoneMs = nowMs();
      }
    },
    noteEvent(event) {
      if (event.type === 'failed') {
        failing = true;
        // Only here does the store say for how long it wants to be left alone.
        if (event.code === 'throttled')
          leftAloneUntilMs = Math.max(leftAloneUntilMs, nowMs() + event.retryInMs);
      } else if (event.type === 'refreshed' || event.type === 'changed' || event.type === 'resolved') {
        failing = false;
        leftAloneUntilMs = -Infinity;
      }
    },
    noteFaultEnd: () => void (faultEndMs = nowMs()),
    noteCurrentAccepted: () => void (acceptedSinceMs = nowMs()),
    noteAsk(served) {
      noteRecovery();
      if (served && confirmedAt) oldestServedMs = Math.max(oldestServedMs, elapsed(confirmedAt));
    },
    explainNoKey() {
      const why = whyUnusable();
      return why !== undefined && isStoreBad() ? why : undefined;
    },
    explainRefusal(isCurrentAccepted) {
      if (!isCurrentAccepted) return 'the store has no key that the API accepts';
      if (isStoreBad()) return 'the store fails, or did a minute ago';
      return nowMs() - acceptedSinceMs <= LONGEST_HOLD_DOWN_MS ? 'a new key within the hold-down' : undefined;
    },
  };
}
