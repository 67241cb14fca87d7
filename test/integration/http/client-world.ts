import type { HttpEvent } from '@magic-hour-keys/http';
import { startFakeMagicHourApi, type FakeMagicHourApiOptions } from '@magic-hour-keys/testing';
import {
  createHandWrittenProvider,
  type HandWrittenOptions,
  type HandWrittenProvider,
} from '../../unit/http/hand-written-provider.ts';
import type { ClientUnderTest, OpenOptions, ReceivedAnswer } from './clients/client-under-test.ts';
import { allowLoopback } from './loopback-options.ts';

export const GENERATE = '/v1/ai-image-generator';
export const POST = { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } };

export interface ClientWorldOptions {
  readonly api?: FakeMagicHourApiOptions | undefined;
  readonly provider?: HandWrittenOptions | undefined;
  readonly client?: OpenOptions | undefined;
  /** Further origins that get the key. */
  readonly alsoAllowed?: readonly string[] | undefined;
}

/** An API, a provider whose key it accepts, and the client with our adapter. */
export async function startClientWorld(client: ClientUnderTest, options: ClientWorldOptions = {}) {
  let nextKey: string | undefined;
  const provider: HandWrittenProvider = createHandWrittenProvider({
    // The store has the next key, and nobody knows of it before somebody asks.
    renew: async (rejected) => {
      if (nextKey !== undefined) provider.use(nextKey);
      return rejected.reveal() === provider.current.reveal() ? undefined : provider.current;
    },
    ...options.provider,
  });
  const api = await startFakeMagicHourApi({ accept: [provider.current.reveal()], ...options.api });
  const events: HttpEvent[] = [];
  const opened = await client.open(provider, {
    ...allowLoopback(api.origin, ...(options.alsoAllowed ?? [])),
    onEvent: (event) => events.push(event),
    ...options.client,
  });
  const url = `${api.origin}${GENERATE}`;
  /** Revokes the key in memory; the store has the next one. */
  function rotate(): void {
    const old = provider.current.reveal();
    nextKey = `${old}x`;
    api.revoke(old);
    api.accept(nextKey);
  }
  function sendRotated(request: object = POST): Promise<ReceivedAnswer> {
    rotate();
    return opened.send(url, request);
  }
  return {
    provider,
    api,
    events,
    url,
    send: opened.send,
    rotate,
    sendRotated,
    async [Symbol.asyncDispose]() {
      await opened[Symbol.asyncDispose]();
      await api.close();
    },
  };
}

export function statuses(api: {
  readonly requests: readonly { readonly status: number | undefined }[];
}): unknown[] {
  return api.requests.map(({ status }) => status);
}
