import type { KeyProvider } from '@magic-hour-keys/core';
import { createAuthorizer } from '../authorizer.ts';
import { createKeyedDispatch, type Dispatch } from './keyed-dispatch.ts';
import type { UndiciOptions } from './undici-options.ts';

/** The `dispatch` of every major of undici. */
export type AnyDispatch = (options: never, handler: never) => boolean;

export type KeyInterceptor = <Dispatched extends AnyDispatch>(dispatch: Dispatched) => Dispatched;

/**
 * An interceptor for `compose` of undici 6, 7 and 8: it puts the key on requests to `https://api.magichour.ai`, and
 * sends a request that got a 401 once more when the store has another key. It judges each hop, so it may stand before
 * or after a redirect interceptor.
 *
 * For `request`, `stream` and `pipeline`. Under `fetch` every body reaches it as a stream that can be sent only once:
 * use `createFetch` there.
 *
 * @returns an interceptor whose requests fail with what undici says, with a KeyError when there is no key or the URL
 * may not get it (`origin_not_allowed`), or with the reason of an aborted signal.
 * @throws KeyError `invalid_config` for an option that makes no sense; `unsupported` in a browser.
 */
export function createKeyInterceptor(provider: KeyProvider, options: UndiciOptions = {}): KeyInterceptor {
  const authorizer = createAuthorizer(provider, options);
  return <Dispatched extends AnyDispatch>(dispatch: Dispatched): Dispatched => {
    const keyed: unknown = createKeyedDispatch(authorizer, dispatch as unknown as Dispatch, options.origin);
    return keyed as Dispatched;
  };
}
