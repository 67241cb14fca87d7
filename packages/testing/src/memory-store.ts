import { KeyError } from '@magic-hour-keys/core';
import type { KeyErrorCode, KeyReading } from '@magic-hour-keys/core';

export interface MemoryStoreOptions {
  readonly name: string;
  readonly location: string;
  readonly value: string | Uint8Array;
  readonly sequenced: boolean;
}

/** The versions of a memory source, and the failures that a test put in front of them. */
export interface MemoryStore {
  readonly current: () => KeyReading;
  readonly previous: () => KeyReading | undefined;
  /** What this look at the store gives or throws; it uses up one of the failures that `fail` counts. */
  answer<Reading>(look: () => Reading): () => Reading;
  rotate(value: string | Uint8Array): void;
  rollBack(): void;
  remove(): void;
  fail(failure: KeyErrorCode | Error, times?: number): void;
  heal(): void;
}

interface Version {
  readonly value: string | Uint8Array;
  readonly number: number;
}

interface Failure {
  readonly cause: KeyErrorCode | Error;
  timesLeft: number;
}

export function createMemoryStore({
  name,
  location,
  value: first,
  sequenced,
}: MemoryStoreOptions): MemoryStore {
  let current: Version = { value: first, number: 1 };
  const earlier: Version[] = [];
  let newest = 1;
  let removed = false;
  let failure: Failure | undefined;

  function nextError(): Error | undefined {
    if (failure && failure.timesLeft > 0) {
      failure.timesLeft -= 1;
      const { cause } = failure;
      if (typeof cause !== 'string') return cause;
      const hint = `The test asked for it with fail('${cause}'); heal() ends it.`;
      return new KeyError({ code: cause, source: name, location, hint });
    }
    if (!removed) return undefined;
    const hint = 'The test removed the key; rotate() stores one.';
    return new KeyError({ code: 'not_found', source: name, location, hint });
  }

  return {
    current: () => toReading(current, sequenced),
    previous() {
      const version = earlier.at(-1);
      return version && toReading(version, sequenced);
    },
    answer(look) {
      const error = nextError();
      if (!error) {
        const reading = look();
        return () => reading;
      }
      return () => {
        throw error;
      };
    },
    rotate(value) {
      newest += 1;
      removed = false;
      earlier.push(current);
      current = { value, number: newest };
    },
    rollBack() {
      const former = earlier.pop();
      if (!former) throw new RangeError('there is no version before the current one');
      current = former;
    },
    remove() {
      removed = true;
    },
    fail(cause, times = Infinity) {
      failure = { cause, timesLeft: times };
    },
    heal() {
      failure = undefined;
      removed = false;
    },
  };
}

function toReading({ value, number }: Version, sequenced: boolean): KeyReading {
  return {
    // A copy, so that a reader that wipes its bytes does not wipe the store.
    value: typeof value === 'string' ? value : value.slice(),
    version: `v${number}`,
    ...(sequenced && { sequence: number }),
  };
}
