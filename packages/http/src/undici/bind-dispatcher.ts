import type { KeyProvider } from '@magic-hour-keys/core';
import { createAuthorizer } from '../authorizer.ts';
import { invalidOption } from '../authorizer-options.ts';
import { createKeyedDispatch, type Dispatch } from './keyed-dispatch.ts';
import type { UndiciOptions } from './undici-options.ts';

/** An `Agent`, `Pool`, `Client`, `ProxyAgent` … of any major of undici. */
export interface DispatcherLike {
  dispatch(options: never, handler: never): boolean;
}

/**
 * The same as `createKeyInterceptor`, put into a dispatcher of your own: its `dispatch` is replaced. Faster than
 * `compose`, which pays for a proxy object at each request.
 *
 * @returns a function that gives the dispatcher its own `dispatch` back.
 * @throws KeyError `invalid_config` for an option that makes no sense; `unsupported` in a browser.
 */
export function bindDispatcher(
  provider: KeyProvider,
  dispatcher: DispatcherLike,
  options: UndiciOptions = {},
): () => void {
  const authorizer = createAuthorizer(provider, options);
  const bound = dispatcher as { dispatch: Dispatch };
  if (typeof bound?.dispatch !== 'function') throw invalidOption('dispatcher', 'a dispatcher of undici');
  const own = Object.getOwnPropertyDescriptor(bound, 'dispatch');
  const original = bound.dispatch;
  const keyed = createKeyedDispatch(
    authorizer,
    (request, handler) => original.call(bound, request, handler),
    options.origin,
  );
  bound.dispatch = keyed;

  return () => {
    // Somebody else has replaced it since, and calls ours: theirs stays.
    if (bound.dispatch !== keyed) return;
    if (own) Object.defineProperty(bound, 'dispatch', own);
    else delete (bound as Partial<typeof bound>).dispatch;
  };
}
