import type { KeyErrorCode } from '@magic-hour-keys/core';
import type { LeanClock, Moment } from '../../../simulation/lean-clock.ts';
import type { SeenFlight } from './flights-seen.ts';
import type { Journal } from './journal.ts';
import type { StoreObserver } from './scheduled-store.ts';

const PASSING: ReadonlySet<KeyErrorCode> = new Set(['timeout', 'unavailable', 'throttled', 'unknown']);

export interface StoreObserverOptions {
  readonly journal: Journal;
  readonly clock: LeanClock;
  readonly deadlineMs: number;
  isClosed(): boolean;
  /** Whether a caller is inside of the provider, so that a read begins for it and is no retry. */
  isInCall(): boolean;
  isAwaited(): boolean;
}

/** Writes down what the store is asked, and blames reads and retries that the rules forbid. */
export function createStoreObserver(options: StoreObserverOptions): StoreObserver {
  const { journal, clock, isClosed } = options;
  const { flights, blame } = journal;

  /** Rules 8 and 10: within the deadline, for somebody who waits, and after what may pass by itself. */
  function checkRetry({ code = 'unknown', startedAt }: SeenFlight, at: Moment): void {
    if (at.monotonicMs - startedAt.monotonicMs >= options.deadlineMs) {
      blame('rule 8: an attempt begins after the deadline');
    }
    if (!PASSING.has(code)) blame(`rule 10: a retry after ${code}`);
    if (!options.isAwaited()) blame('rule 10: a retry nobody waits for');
  }

  return {
    started({ reason }) {
      const at = clock.now();
      if (isClosed()) blame('I7: a read after close');
      const isInCall = options.isInCall();
      const retried = isInCall ? undefined : flights.failing(reason);
      const flight = retried ? flights.retry(retried) : flights.start(reason, at);
      if (!retried) journal.noteStart(flight, at, isInCall);
      else checkRetry(flight, at);
      let over = false;
      const once = (run: () => void): void => {
        if (!over && !isClosed()) run();
        over = true;
      };
      return {
        answered: (version) => once(() => journal.noteAnswer(flight, version, clock.now())),
        failed: (code) => once(() => journal.noteAttemptFailure(flight, code)),
        timedOut: () => once(() => journal.noteAttemptFailure(flight, 'timeout')),
      };
    },
  };
}
