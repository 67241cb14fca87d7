import { KeyError, type ApiKey } from '@magic-hour-keys/core';
import type { Authorizer } from '../authorizer.ts';
import { isReplayableBody } from '../replayable-body.ts';
import {
  copyDispatchHeaders,
  holdsAuthorization,
  readDispatchHeaders,
  withKeyHeader,
  type DispatchHeaders,
} from './dispatch-headers.ts';
import { failHandler, wrapHandler, type Handler } from './wrap-handler.ts';

/** What is read of a request. Whatever else it has is passed on. */
export interface DispatchOptions {
  readonly origin?: string | URL | null;
  readonly path?: unknown;
  readonly method?: string;
  readonly headers?: unknown;
  readonly body?: unknown;
  readonly signal?: unknown;
  readonly upgrade?: unknown;
}

export type Dispatch = (options: DispatchOptions, handler: Handler) => boolean;

/** A request that is ours to authorize. */
interface KeyedRequest {
  readonly options: DispatchOptions;
  readonly headers: DispatchHeaders;
  readonly url: string;
  readonly signal: AbortSignal | undefined;
}

/** @param ownOrigin of a dispatcher that does not tell the origin of its requests. */
export function createKeyedDispatch(
  authorizer: Authorizer,
  dispatch: Dispatch,
  ownOrigin: string | undefined,
): Dispatch {
  function send({ options, headers, url, signal }: KeyedRequest, key: ApiKey, handler: Handler): boolean {
    const sendWith = (other: ApiKey, answered: Handler): boolean =>
      dispatch({ ...options, headers: withKeyHeader(headers, authorizer.headerFor(other)) }, answered);
    const refused = { method: options.method, url, signal, replayable: isReplayableBody(options.body) };
    const wrapped = wrapHandler(handler, {
      renew: () => authorizer.renew(key, refused),
      signal,
      sendAgain: (other) => attempt(handler, () => sendWith(other, handler)),
    });
    return sendWith(key, wrapped);
  }

  function judge(options: DispatchOptions): KeyedRequest | DispatchOptions {
    const { origin = ownOrigin, path } = options;
    // A tunnel or an upgrade is no request to the API, and neither is one in the form for proxies.
    if (options.upgrade || options.method === 'CONNECT') return options;
    if (typeof path !== 'string' || !path.startsWith('/')) return options;
    const base = asBase(origin);
    if (authorizer.judge(base) === undefined) return options;
    const headers = readDispatchHeaders(options.headers);
    if (!headers) return options;
    // The headers may be used up by looking at them.
    if (holdsAuthorization(headers)) return { ...options, headers };
    return { options, headers, url: base + path.slice(1), signal: readSignal(options.signal) };
  }

  return (options, handler) => {
    let request: KeyedRequest | DispatchOptions;
    let key: ApiKey | undefined;
    try {
      request = judge(options);
      if ('url' in request) key = authorizer.peekKey(request.signal);
    } catch (error) {
      return failHandler(handler, error);
    }
    if (!('url' in request)) return dispatch(request, handler);
    if (key) return attempt(handler, () => send(request, key, handler));
    // The caller may change the objects while we wait.
    const headers = copyDispatchHeaders(request.headers);
    const asked = { ...request, options: { ...request.options }, headers };
    authorizer.getKey(request.signal).then(
      (read) => attempt(handler, () => send(asked, read, handler)),
      (error: unknown) => failHandler(handler, error),
    );
    return true;
  };
}

/** What is thrown here has nobody above it who could catch it: the handler is told. */
function attempt(handler: Handler, dispatch: () => boolean): boolean {
  try {
    return dispatch();
  } catch (error) {
    return failHandler(handler, error);
  }
}

/** With the slash that ends an origin, because only then all parsers read it alike. */
function asBase(origin: string | URL | null | undefined): string {
  if (origin === undefined || origin === null || origin === '') {
    throw new KeyError({
      code: 'invalid_config',
      message: 'the key was not sent, because this dispatcher does not tell where it connects to',
      hint: 'Set the option origin, such as "https://api.magichour.ai", or use an Agent.',
    });
  }
  const text = String(origin);
  return text.endsWith('/') ? text : `${text}/`;
}

/** undici takes an EventEmitter as well, and sees to that by itself. */
function readSignal(signal: unknown): AbortSignal | undefined {
  const isSignal = typeof (signal as Partial<AbortSignal> | undefined)?.addEventListener === 'function';
  return isSignal ? (signal as AbortSignal) : undefined;
}
