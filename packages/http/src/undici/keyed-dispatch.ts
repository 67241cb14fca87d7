import { KeyError, type ApiKey } from '@magic-hour-keys/core';
import { readSignal } from '../abortable.ts';
import type { Authorizer } from '../authorizer.ts';
import { isReplayableBody } from '../replayable-body.ts';
import {
  copyDispatchHeaders,
  holdsAuthorization,
  readDispatchHeaders,
  withKeyHeader,
  type DispatchHeaders,
} from './dispatch-headers.ts';
import type { HoldOptions } from './hold-answer.ts';
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
  /** The origin, with the slash that ends it. */
  readonly base: string;
  readonly signal: AbortSignal | undefined;
}

/** Any other request: it is sent with these options. */
interface ForeignRequest {
  readonly options: DispatchOptions;
  readonly base?: undefined;
}

/** @param ownOrigin of a dispatcher that does not tell the origin of its requests. */
export function createKeyedDispatch(
  authorizer: Authorizer,
  dispatch: Dispatch,
  ownOrigin: string | undefined,
): Dispatch {
  const findBase = rememberBase(authorizer);

  function sendWith({ options, headers }: KeyedRequest, key: ApiKey, handler: Handler): boolean {
    return dispatch({ ...options, headers: withKeyHeader(headers, authorizer.headerFor(key)) }, handler);
  }

  function send(request: KeyedRequest, key: ApiKey, handler: Handler): boolean {
    const hold = (): HoldOptions => {
      const { options, base, signal } = request;
      const { method, path, body } = options;
      const url = base + String(path).slice(1);
      return {
        signal,
        renew: () => authorizer.renew(key, { method, url, signal, replayable: isReplayableBody(body) }),
        sendAgain: (other) => attempt(handler, () => sendWith(request, other, handler)),
      };
    };
    return sendWith(request, key, wrapHandler(handler, hold));
  }

  function judge(options: DispatchOptions): KeyedRequest | ForeignRequest {
    const { origin = ownOrigin, path } = options;
    // A tunnel or an upgrade is no request to the API, and neither is one in the form for proxies.
    if (options.upgrade || options.method === 'CONNECT') return { options };
    if (typeof path !== 'string' || !path.startsWith('/')) return { options };
    const base = findBase(origin);
    if (base === undefined) return { options };
    const headers = readDispatchHeaders(options.headers);
    if (!headers) return { options };
    // The headers may be used up by looking at them.
    if (holdsAuthorization(headers)) return { options: { ...options, headers } };
    return { options, headers, base, signal: readSignal(options.signal) };
  }

  return (options, handler) => {
    let request: KeyedRequest | ForeignRequest;
    let key: ApiKey | undefined;
    try {
      request = judge(options);
      if (request.base !== undefined) key = authorizer.peekKey(request.signal);
    } catch (error) {
      return failHandler(handler, error);
    }
    if (request.base === undefined) return dispatch(request.options, handler);
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

/** An agent is asked for the same origin again and again: its text is put together and judged once. */
function rememberBase(authorizer: Authorizer): (origin: DispatchOptions['origin']) => string | undefined {
  let last: { readonly origin: string; readonly base: string } | undefined;
  return (origin) => {
    if (last && last.origin === origin) return last.base;
    const base = asBase(origin);
    if (authorizer.judge(base) === undefined) return undefined;
    if (typeof origin === 'string') last = { origin, base };
    return base;
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
