import type { KeyErrorCode, ReadReason } from '@magic-hour-keys/core';
import type { Moment } from '../../../simulation/lean-clock.ts';

/** One read of the provider as the store sees it: one attempt, or several. */
export interface SeenFlight {
  readonly order: number;
  readonly reason: ReadReason;
  readonly startedAt: Moment;
  /** The rejected values that wait for it, in the order in which they came. */
  readonly values: string[];
  /** What its last attempt met. */
  code: KeyErrorCode | undefined;
  /** `asking`: an attempt is under way; `failing`: it failed, and may be retried; `landed`: over. */
  state: 'asking' | 'failing' | 'landed';
}

export interface FlightsSeen {
  readonly all: readonly SeenFlight[];
  readonly underWay: readonly SeenFlight[];
  readonly successes: number;
  readonly retries: number;
  start(reason: ReadReason, at: Moment): SeenFlight;
  /** A further attempt. */
  retry(flight: SeenFlight): SeenFlight;
  /** The flight of that reason of which an attempt failed, and which may be tried again. */
  failing(reason: ReadReason): SeenFlight | undefined;
  noteSuccess(): void;
}

export function createFlightsSeen(): FlightsSeen {
  const all: SeenFlight[] = [];
  let successes = 0;
  let retries = 0;

  function failing(reason: ReadReason): SeenFlight | undefined {
    return all.find((flight) => flight.state === 'failing' && flight.reason === reason);
  }

  return {
    all,
    get underWay() {
      return all.filter(({ state }) => state !== 'landed');
    },
    get successes() {
      return successes;
    },
    get retries() {
      return retries;
    },
    start(reason, at) {
      const flight: SeenFlight = {
        order: all.length + 1,
        reason,
        startedAt: at,
        values: [],
        code: undefined,
        state: 'asking',
      };
      all.push(flight);
      return flight;
    },
    retry(flight) {
      retries += 1;
      flight.state = 'asking';
      return flight;
    },
    failing,
    noteSuccess: () => void (successes += 1),
  };
}
