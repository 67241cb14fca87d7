import type { KeyProvider, ManagedKeyProvider } from '@magic-hour-keys/core';
import { authHeaders, createFetch, withKey } from '@magic-hour-keys/http';
import type { FetchOptions, HttpEvent } from '@magic-hour-keys/http';
import type { FakeMagicHourApi } from '@magic-hour-keys/testing';
import type { Canaries } from './canaries.ts';
import type { OpenSource } from './source-under-test.ts';

/** One request of a program, and what happens to it. */
export interface HttpFlow {
  readonly name: string;
  /** What a caller sees: a status, or the name of the error. */
  readonly ends: string;
  /** What the API has to know beforehand. */
  prepare(servers: Servers, canaries: Canaries): void;
  /** Also runs in a child process, which knows the addresses alone. */
  send(context: FlowContext): Promise<unknown>;
  /** Whether the store gets another key before the request; false where it can't. */
  readonly rotates?: boolean | undefined;
}

export interface Servers {
  readonly api: FakeMagicHourApi;
  /** Somebody else's, who must never get the key. */
  readonly foreign: FakeMagicHourApi;
}

export interface Addresses {
  readonly api: string;
  readonly foreign: string;
  /** Where nobody listens. */
  readonly closed: string;
}

export interface FlowContext {
  readonly provider: ManagedKeyProvider;
  readonly source: OpenSource;
  readonly canaries: Canaries;
  readonly addresses: Addresses;
  readonly onEvent: (event: HttpEvent) => void;
}

export const HTTP_FLOWS: readonly HttpFlow[] = [
  flow('a request', '200', ({ api }, { key }) => api.accept(key), (context) => post(context)),
  flow('a 401, and the store has another key', '200', ({ api }, { nextKey }) => api.accept(nextKey), (context) => post(context), true),
  flow('a 401, and the store has the same key', '401', () => undefined, (context) => post(context)),
  flow('a server error', '500', ({ api }) => api.setMode('broken'), (context) => post(context)),
  flow('a refused connection', 'TypeError', () => undefined, (context) =>
    post(context, context.addresses.closed, { allowedOrigins: [context.addresses.closed] })),
  flow('a connection that is cut', 'TypeError', () => undefined, (context) => post(context, `${context.addresses.api}/cut`)),
  flow('a redirect to another origin', '401', ({ api, foreign }) => api.setMode({ redirectTo: foreign.origin, status: 307 }), (context) => post(context)),
  flow('a foreign origin', '401', () => undefined, (context) => post(context, context.addresses.foreign)),
  flow('a foreign origin that is refused', 'KeyError', () => undefined, (context) =>
    post(context, context.addresses.foreign, { foreignOrigin: 'error' })),
  flow('the API over plain http', 'KeyError', () => undefined, (context) => post(context, 'http://api.magichour.ai')),
  flow('a header that no request can have', 'TypeError', () => undefined, (context) =>
    createFetchFor(context)(context.addresses.api, { headers: { 'x-broken': 'a\nb' } })),
  flow('authHeaders for a foreign origin', 'KeyError', () => undefined, ({ provider, addresses }) =>
    authHeaders(provider, addresses.foreign)),
  flow('withKey around a client that fails', 'TypeError', () => undefined, ({ provider, addresses }) =>
    withKey(provider, ({ headersFor }) => fetch(addresses.closed, { headers: { ...headersFor(addresses.closed) } }), {
      allowedOrigins: [addresses.closed],
      allowInsecureLoopback: true,
    })),
  flow('a provider whose keys have line breaks', 'KeyError', () => undefined, (context) =>
    post({ ...context, provider: withLineBreaks(context.provider) as ManagedKeyProvider })),
  flow('a caller who gives up', 'AbortError', () => undefined, (context) =>
    createFetchFor(context)(context.addresses.api, { signal: AbortSignal.abort() })),
];

function flow(
  name: string,
  ends: string,
  prepare: HttpFlow['prepare'],
  send: HttpFlow['send'],
  rotates = false,
): HttpFlow {
  return { name, ends, prepare, send, rotates };
}
