import { createKeyProvider, type ManagedKeyProvider } from '@magic-hour-keys/core';
import type { AuthorizerOptions, HttpEvent } from '@magic-hour-keys/http';
import { bindMagicHour } from '@magic-hour-keys/http/magic-hour';
import {
  createManualClock,
  createMemorySource,
  startFakeMagicHourApi,
  type FakeMagicHourApi,
  type FakeMagicHourApiOptions,
  type ManualClock,
  type MemorySource,
} from '@magic-hour-keys/testing';
import { vi } from 'vitest';
import { allowLoopback } from './loopback-options.ts';
import type { MagicHourClient, SdkUnderTest } from './magic-hour-sdks.ts';

/** What the SDK asks for an image; older versions know fewer styles, and leave them out. */
export const IMAGE = {
  imageCount: 1,
  orientation: 'square',
  style: { prompt: 'a lighthouse', tool: 'ai-anime-generator' },
} as const;
export const VIDEO = { endSeconds: 5, orientation: 'landscape', style: { prompt: 'a lighthouse' } } as const;

export interface MagicHourWorldOptions {
  readonly api?: FakeMagicHourApiOptions | undefined;
  readonly client?: ConstructorParameters<SdkUnderTest['default']>[0];
  readonly bind?: AuthorizerOptions | undefined;
}

export interface MagicHourWorld extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly source: MemorySource;
  readonly provider: ManagedKeyProvider;
  readonly api: FakeMagicHourApi;
  readonly client: MagicHourClient;
  readonly events: readonly HttpEvent[];
  readonly unbind: () => void;
  /** Revokes the key in memory; the store has the next one, which the API accepts. */
  rotate(): void;
}

/** An API, a store, and a client of the SDK that takes its key from there. */
export async function startMagicHourWorld(
  sdk: SdkUnderTest,
  options: MagicHourWorldOptions = {},
): Promise<MagicHourWorld> {
  silenceSdk();
  const clock = createManualClock();
  const source = createMemorySource();
  const provider = createKeyProvider(source, { runtime: clock.runtime });
  const api = await startFakeMagicHourApi({ accept: [source.current], ...options.api });
  const events: HttpEvent[] = [];
  const client = new sdk.default({ baseUrl: api.origin, ...options.client });
  const unbind = bindMagicHour(provider, client, {
    ...allowLoopback(api.origin),
    onEvent: (event) => events.push(event),
    ...options.bind,
  });
  return {
    clock,
    source,
    provider,
    api,
    client,
    events,
    unbind,
    rotate() {
      api.revoke(source.current);
      api.accept(source.rotate());
    },
    async [Symbol.asyncDispose]() {
      await provider.close();
      await api.close();
    },
  };
}

/** It logs what it does, and waits half a second between two looks at a project. */
export function silenceSdk(): void {
  vi.stubEnv('MAGIC_HOUR_LOG_LEVEL', 'none');
  vi.stubEnv('MAGIC_HOUR_POLL_INTERVAL', '0');
}

/** What a call gave, whether that was a result or an error. */
export async function outcomeOf(call: PromiseLike<unknown>): Promise<unknown> {
  try {
    return await call;
  } catch (error) {
    return error;
  }
}

/** The status in the error of the SDK that a call rejects with, or what else it gave. */
export async function statusOf(call: PromiseLike<unknown>): Promise<unknown> {
  const outcome = await outcomeOf(call);
  const { response } = (outcome ?? {}) as { response?: { readonly status: number } };
  return outcome instanceof Error && response ? response.status : outcome;
}
