import {
  createKeyProvider,
  isKeyError,
  type ApiKey,
  type KeyPolicy,
  type KeyRuntime,
  type ManagedKeyProvider,
} from '@magic-hour-keys/core';
import { SECOND } from './durations.ts';
import type { Seeded } from './seeded.ts';
import type { SimulatedApi } from './simulated-api.ts';
import type { SimulatedStore } from './simulated-store.ts';
import type { Witness } from './witness.ts';

export interface SimulatedServiceOptions {
  readonly policy: KeyPolicy;
  readonly runtime: KeyRuntime;
  readonly store: SimulatedStore;
  readonly api: SimulatedApi;
  readonly witness: Witness;
  readonly seeded: Seeded;
  after(inMs: number, run: () => void): void;
  /** Something was begun that ends in a later turn. */
  onBegin(): void;
}

/** A service that sends requests with the key, as the adapters do, and is started anew from time to time. */
export interface SimulatedService {
  readonly gets: number;
  /** 401s that a renewal answered or did not. */
  readonly refusals: number;
  readonly starts: number;
  /** How often there was no key, by the reason that the rules allow. */
  readonly noKey: ReadonlyMap<string, number>;
  /** How often a caller saw the 401, by the reason that the rules allow. */
  readonly refusedTwice: ReadonlyMap<string, number>;
  restart(): void;
  request(): void;
  close(): Promise<void>;
}

export function createSimulatedService(options: SimulatedServiceOptions): SimulatedService {
  const { store, api, witness, seeded, runtime, policy } = options;
  const noKey = new Map<string, number>();
  const refusedTwice = new Map<string, number>();
  let provider = start();
  let gets = 0;
  let refusals = 0;
  let starts = 1;
  let closed = false;

  function start(): ManagedKeyProvider {
    witness.noteProcessStart();
    return createKeyProvider(store.createSource(), { ...policy, runtime, onEvent: witness.noteEvent });
  }

  async function finishRequest(own: ManagedKeyProvider, ready: ApiKey | undefined): Promise<void> {
    const key = ready ?? (await waitForKey(own));
    if (!key || api.accepts(key.reveal())) return;
    refusals += 1;
    const renewed = await own.renew(key);
    if (renewed && api.accepts(renewed.reveal())) return;
    if (own === provider) count(refusedTwice, witness.explainRefusal(api.accepts(store.current)));
  }

  async function waitForKey(own: ManagedKeyProvider): Promise<ApiKey | undefined> {
    const signal = seeded.chance(0.05) ? abortIn(seeded.logBetween(1, 20 * SECOND)) : undefined;
    try {
      return await own.getKey({ signal });
    } catch (error) {
      const isOver = isKeyError(error) && error.code === 'closed' && (closed || own !== provider);
      if (isOver || signal?.aborted) return undefined;
      count(noKey, isKeyError(error) ? witness.explainNoKey() : undefined);
      return undefined;
    }
  }

  function abortIn(ms: number): AbortSignal {
    const controller = new AbortController();
    options.after(ms, () => {
      options.onBegin();
      controller.abort();
    });
    return controller.signal;
  }

  return {
    get gets() {
      return gets;
    },
    get refusals() {
      return refusals;
    },
    get starts() {
      return starts;
    },
    noKey,
    refusedTwice,
    restart() {
      const former = provider;
      starts += 1;
      provider = start();
      options.onBegin();
      void former.close();
    },
    request() {
      gets += 1;
      const key = provider.peek();
      if (!key || !api.accepts(key.reveal())) {
        options.onBegin();
        void finishRequest(provider, key);
      }
      witness.noteAsk(key !== undefined);
    },
    close() {
      closed = true;
      return provider.close();
    },
  };
}

function count(reasons: Map<string, number>, reason = 'unexplained'): void {
  reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
}
