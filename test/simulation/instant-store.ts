import { KeyError, type KeyErrorCode, type KeyReading, type KeySource } from '@magic-hour-keys/core';
import { makeTestKey } from '@magic-hour-keys/testing';

/** A store that answers within the turn. */
export interface InstantStore {
  readonly source: KeySource;
  readonly current: string;
  readonly reads: number;
  rotate(): string;
  fail(code: KeyErrorCode | undefined): void;
}

export function createInstantStore(answer?: () => KeyReading): InstantStore {
  let current = makeTestKey();
  let version = 1;
  let reads = 0;
  let failure: KeyErrorCode | undefined;

  async function read(): Promise<KeyReading> {
    reads += 1;
    if (failure) throw new KeyError({ code: failure, source: 'instant', location: 'here' });
    return answer?.() ?? { value: current, version: `v${version}` };
  }

  return {
    source: { name: 'instant', location: 'here', read },
    get current() {
      return current;
    },
    get reads() {
      return reads;
    },
    rotate() {
      version += 1;
      current = makeTestKey();
      return current;
    },
    fail: (code) => void (failure = code),
  };
}
