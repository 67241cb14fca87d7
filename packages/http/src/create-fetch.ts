import type { KeyProvider } from '@magic-hour-keys/core';
import { createAuthorizer } from './authorizer.ts';
import { invalidOption, type AuthorizerOptions } from './authorizer-options.ts';
import { asRequest, readFetchCall, snapshot } from './fetch-call.ts';
import { isTrustedWithRedirects } from './redirect-trust.ts';
import { createSender, type Send } from './send-with-key.ts';

/** Every function that is called as fetch is: the global one, those of undici and node-fetch, and wrappers of them. */
export type AnyFetch = (input: never, init?: never) => PromiseLike<unknown>;

export interface FetchOptions<Fetch extends AnyFetch = typeof globalThis.fetch> extends AuthorizerOptions {
  /** The fetch to wrap. Default: the global one, as it is at the time of each call. */
  readonly fetch?: Fetch | undefined;
  /**
   * Lets a fetch other than Node's own follow redirects with the key on the request. Set it only for one that takes
   * `Authorization` off when a redirect leaves the origin, as undici's does and node-fetch's does not. Default false:
   * the caller gets the 3xx response.
   */
  readonly trustFetchRedirects?: boolean | undefined;
}

/**
 * A fetch that puts the key on requests to `https://api.magichour.ai`, and sends a request that got a 401 once more
 * when the store has another key. In all else it is the fetch that it wraps: its arguments, responses and errors.
 *
 * A caller's own `Authorization` is sent untouched. Requests to other origins go through without the key.
 *
 * @returns a fetch whose calls reject with what the wrapped one throws, with a KeyError when there is no key or the URL
 * may not get it (`origin_not_allowed`), or with the reason of an aborted signal.
 * @throws KeyError `invalid_config` for an option that makes no sense; `unsupported` in a browser.
 */
export function createFetch(provider: KeyProvider, options?: FetchOptions): typeof globalThis.fetch;
/** The same over another fetch, such as that of node-fetch, with its own types. */
export function createFetch<Fetch extends AnyFetch>(
  provider: KeyProvider,
  options: FetchOptions<Fetch> & { readonly fetch: Fetch },
): Fetch;
export function createFetch(provider: KeyProvider, options: FetchOptions<AnyFetch> = {}): AnyFetch {
  const authorizer = createAuthorizer(provider, options);
  const given = options.fetch as Send | undefined;
  if (given !== undefined && typeof given !== 'function') throw invalidOption('fetch', 'a function');
  const send: Send = given ?? ((input, init) => globalThis.fetch(input as string, init as object));
  const followsRedirects = options.trustFetchRedirects === true || isTrustedWithRedirects(given);
  const sendWithKey = createSender({ authorizer, send, followsRedirects });

  // No async function, and no object that is not needed: each would cost more than all the rest of this.
  const fetchWithKey: Send = (input, init) => {
    try {
      const request = asRequest(input);
      const url = authorizer.judge(request ? request.url : String(input));
      if (url === undefined) return send(input, init);
      const call = readFetchCall(request, url, init);
      if ('passOn' in call) return send(input, call.passOn);
      const key = authorizer.peekKey(call.signal);
      if (key) return sendWithKey(call, key);
      const asked = snapshot(call);
      return authorizer.getKey(call.signal).then((read) => sendWithKey(asked, read));
    } catch (error) {
      return Promise.reject(error);
    }
  };
  return withMembersOf(given ?? globalThis.fetch, fetchWithKey);
}

/** Some fetches have members, such as Bun's `preconnect`, and its type says that ours has them too. */
function withMembersOf(fetch: object, wrapper: Send): Send {
  for (const [name, member] of Object.entries(Object.getOwnPropertyDescriptors(fetch))) {
    if (Object.hasOwn(wrapper, name) || name === 'prototype') continue;
    // node-fetch 2 is its own `default`.
    const own = member.value === fetch ? { ...member, value: wrapper } : member;
    Object.defineProperty(wrapper, name, own);
  }
  return wrapper;
}
