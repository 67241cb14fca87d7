import type { KeyErrorCode } from '@magic-hour-keys/core';
import type { Moment } from '../../../simulation/lean-clock.ts';
import type { FlightsSeen, SeenFlight } from './flights-seen.ts';
import { elapsed, MINUTE, SECOND } from './moments.ts';
import type { StoredVersion } from './scheduled-store.ts';

// When a read may begin: rules 1, 3 and 11 from outside.

export interface Held {
  readonly version: StoredVersion;
  /** When the read began that last confirmed it. */
  readonly confirmedAt: Moment;
  readonly isFirst: boolean;
}

export interface Verdict {
  readonly code: KeyErrorCode;
  readonly at: Moment;
  /** What the provider told of its next attempt. */
  readonly retryInMs: number;
}

export interface ReadBudget {
  /** The newest failure that no success has overtaken. */
  readonly pausedBy: Verdict | undefined;
  noteFailure(verdict: Verdict): void;
  noteSuccess(): void;
  noteInvalidation(): void;
  noteHint(at: Moment): void;
  /** The wall clock was set back: times of before and after can't be compared. */
  noteSetBack(): void;
  /** A caller has begun a read for want of a fresh key. */
  checkPause(at: Moment): void;
  /** A caller has begun a read although the key in memory can be used. */
  checkFreshness(flight: SeenFlight, held: Held, at: Moment): void;
}

export function createReadBudget(
  freshMs: number,
  flights: FlightsSeen,
  blame: (text: string) => void,
): ReadBudget {
  let pausedBy: Verdict | undefined;
  let retryAfter: Verdict | undefined;
  let failuresInARow = 0;
  let hintedAt: Moment | undefined;
  let isHintPauseOn = false;
  let startedBeforeSetBack = 0;

  function endPauses(): void {
    failuresInARow = 0;
    retryAfter = undefined;
  }

  return {
    get pausedBy() {
      return pausedBy;
    },
    noteFailure(verdict) {
      pausedBy = verdict;
      failuresInARow += 1;
      if (verdict.code !== 'throttled') return;
      const restMs = retryAfter ? retryAfter.retryInMs - elapsed(retryAfter.at, verdict.at) : 0;
      if (verdict.retryInMs > restMs) retryAfter = verdict;
    },
    noteSuccess: endPauses,
    noteInvalidation() {
      isHintPauseOn = false;
      endPauses();
    },
    noteHint(at) {
      hintedAt = at;
      isHintPauseOn = true;
    },
    noteSetBack: () => void (startedBeforeSetBack = flights.all.length),
    checkPause(at) {
      if (!pausedBy || failuresInARow === 0) return;
      if (retryAfter && elapsed(retryAfter.at, at) < retryAfter.retryInMs) {
        blame('I5: a read before the Retry-After of the store has passed (rule 3)');
      }
      const sinceMs = elapsed(pausedBy.at, at);
      if (sinceMs < shortestPauseMs(failuresInARow)) {
        blame(`I5: a read ${sinceMs} ms after failure ${failuresInARow} in a row (rule 3)`);
      }
    },
    checkFreshness(flight, held, at) {
      if (flights.underWay.length > 1) blame('I1: a background read beside another read (rule 2)');
      const sinceMs = elapsed(held.confirmedAt, at);
      const shortestMs = freshMs * (held.isFirst ? 0.1 : 0.8);
      if (held.version.expiresAtMs < Infinity || sinceMs >= shortestMs) return;
      const isHinted = hintedAt !== undefined && hintedAt.monotonicMs >= held.confirmedAt.monotonicMs;
      if (!isHinted) blame(`I5: a background read of a key that is ${sinceMs} ms old and fresh (rule 1)`);
      const before = flights.all[flight.order - 2];
      // An invalidation ends every pause, and after a failure the pause is that of rule 3.
      if (!before || before.order <= startedBeforeSetBack || !isHintPauseOn || failuresInARow > 0) return;
      if (elapsed(before.startedAt, at) < SECOND) blame('I5: two reads in a second for hints (rule 11)');
    },
  };
}

/** Rule 3's shortest pause after so many failures in a row: half of 1 s doubling to 60 s. */
function shortestPauseMs(failures: number): number {
  return 0.5 * Math.min(MINUTE, SECOND * 2 ** (failures - 1));
}
