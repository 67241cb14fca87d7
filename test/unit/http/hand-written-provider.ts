import { createApiKey } from '@magic-hour-keys/core';
import type { ApiKey, KeyProvider } from '@magic-hour-keys/core';
import { makeTestKey } from '@magic-hour-keys/testing';

/** The smallest provider that somebody could write, with a notebook. */
export interface HandWrittenProvider extends KeyProvider {
  /** What `getKey` and `peek` give from now on, and what `renew` gives as the other key. */
  use(value: string): ApiKey;
  readonly current: ApiKey;
  readonly reads: number;
  readonly peeks: number;
  /** The keys that were reported as refused. */
  readonly refused: readonly ApiKey[];
}

export interface HandWrittenOptions {
  readonly value?: string | undefined;
  /** Whether it has `peek`. Default true. */
  readonly warm?: boolean | undefined;
  /** What `renew` gives, instead of the current key where that is another one. */
  readonly renew?:
    | ((rejected: ApiKey, signal: AbortSignal | undefined) => Promise<ApiKey | undefined>)
    | undefined;
}

export function createHandWrittenProvider(options: HandWrittenOptions = {}): HandWrittenProvider {
  let current = makeKey(options.value ?? makeTestKey());
  const refused: ApiKey[] = [];
  let reads = 0;
  let peeks = 0;
  const peek = (): ApiKey => {
    peeks += 1;
    return current;
  };
  return {
    name: 'hand-written',
    async getKey() {
      reads += 1;
      return current;
    },
    async renew(rejected, { signal } = {}) {
      refused.push(rejected);
      if (options.renew) return options.renew(rejected, signal);
      return rejected.reveal() === current.reveal() ? undefined : current;
    },
    ...(options.warm !== false && { peek }),
    use: (value) => (current = makeKey(value)),
    get current() {
      return current;
    },
    get reads() {
      return reads;
    },
    get peeks() {
      return peeks;
    },
    refused,
  };
}

function makeKey(value: string): ApiKey {
  return createApiKey(value, { source: 'hand-written' });
}
