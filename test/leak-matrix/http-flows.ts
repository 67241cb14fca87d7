import { createApiKey } from '@magic-hour-keys/core';
import type { KeyProvider, ManagedKeyProvider } from '@magic-hour-keys/core';
import { authHeaders, createFetch, withKey } from '@magic-hour-keys/http';
import type { FetchOptions, HttpEvent } from '@magic-hour-keys/http';
import type { Canaries } from './canaries.ts';
import type { Addresses } from './cell-run.ts';
import type { OpenSource } from './source-under-test.ts';
import type { Servers } from './servers.ts';

/** One request of a program whose store is healthy. */
export interface HttpFlow {
  readonly name: string;
  /** What the caller sees: a status, or the name of an error. */
  readonly ends: string;
  /** What the servers have to know beforehand. */
  readonly prepare?: ((servers: Servers, canaries: Canaries) => void) | undefined;
  /** Runs in a child process too, which knows the addresses alone. */
  send(context: FlowContext): Promise<unknown>;
}

export interface FlowContext {
  readonly provider: ManagedKeyProvider;
  readonly source: OpenSource;
  readonly canaries: Canaries;
  readonly addresses: Addresses;
  readonly onEvent: (event: HttpEvent) => void;
}

export const HTTP_FLOWS: readonly HttpFlow[] = [
  {
    name: 'a request',
    ends: '200',
    prepare: ({ api }, { key }) => api.accept(key),
    send: (context) => post(context),
  },
  {
    name: 'a 401, and another key in the store',
    ends: '200',
    prepare: ({ api }, { nextKey }) => api.accept(nextKey),
    async send(context) {
      await context.provider.getKey();
      await context.source.store?.(context.canaries.nextKey);
      return post(context);
    },
  },
  { name: 'a 401, and no other key', ends: '401', send: (context) => post(context) },
  {
    name: 'a server error',
    ends: '500',
    prepare: ({ api }) => api.setMode('broken'),
    send: (context) => post(context),
  },
  {
    name: 'a refused connection',
    ends: 'TypeError',
    send: (context) => post(context, context.addresses.closed, allow(context.addresses.closed)),
  },
  {
    name: 'a connection that is cut',
    ends: 'TypeError',
    prepare: (servers) => servers.cutConnections(),
    send: (context) => post(context),
  },
  {
    name: 'a redirect to another origin',
    ends: '401',
    prepare: ({ api, foreign }) => api.setMode({ redirectTo: foreign.origin, status: 307 }),
    send: (context) => post(context),
  },
  {
    name: 'a foreign origin',
    ends: '401',
    send: (context) => post(context, context.addresses.foreign),
  },
  {
    name: 'a foreign origin that is refused',
    ends: 'KeyError',
    send: (context) => post(context, context.addresses.foreign, { foreignOrigin: 'error' }),
  },
  {
    name: 'the API over plain http',
    ends: 'KeyError',
    send: (context) => post(context, 'http://api.magichour.ai', { allowedOrigins: undefined }),
  },
  {
    name: 'a header that no request can have',
    ends: 'TypeError',
    send: (context) => createFetchFor(context)(context.addresses.api, { headers: { 'x-broken': 'a\nb' } }),
  },
  {
    name: 'authHeaders for a foreign origin',
    ends: 'KeyError',
    send: ({ provider, addresses }) => authHeaders(provider, addresses.foreign),
  },
  {
    name: 'withKey around a call that fails',
    ends: 'TypeError',
    send: ({ provider, addresses: { closed } }) =>
      withKey(
        provider,
        ({ headersFor }) => fetch(closed, { headers: { ...headersFor(closed) } }),
        allow(closed),
      ),
  },
  {
    name: 'a provider whose keys have line breaks',
    ends: 'KeyError',
    send: (context) => post({ ...context, provider: withLineBreaks(context) }),
  },
  {
    name: 'a caller who gives up',
    ends: 'AbortError',
    send: (context) => createFetchFor(context)(context.addresses.api, { signal: AbortSignal.abort() }),
  },
];

function post(context: FlowContext, origin?: string, options?: FetchOptions): Promise<Response> {
  const url = `${origin ?? context.addresses.api}/v1/ai-image-generator`;
  return createFetchFor(context, options)(url, { method: 'POST', body: '{"image_count":1}' });
}

function createFetchFor(
  { provider, addresses, onEvent }: FlowContext,
  options: FetchOptions = {},
): typeof globalThis.fetch {
  return createFetch(provider, { ...allow(addresses.api), onEvent, ...options });
}

function allow(origin: string): { allowedOrigins: readonly string[]; allowInsecureLoopback: true } {
  return { allowedOrigins: [origin], allowInsecureLoopback: true };
}

/** As somebody writes it who does not clean what a file holds. */
function withLineBreaks({ provider, canaries }: FlowContext): ManagedKeyProvider {
  const key = Object.create(createApiKey(canaries.key, { source: 'hand-written' }), {
    reveal: { value: () => `${canaries.key}\n` },
  }) as Awaited<ReturnType<KeyProvider['getKey']>>;
  return { ...provider, peek: () => undefined, getKey: async () => key };
}
