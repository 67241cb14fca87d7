import type { ApiKey, KeyProvider } from '@magic-hour-keys/core';
import { createAbortableWait, throwIfAborted } from './abortable.ts';
import { parseUrl } from './allowed-origins.ts';
import { checkAuthorizerOptions, type AuthorizerOptions, type ReplayInfo } from './authorizer-options.ts';
import { bearerHeader } from './bearer-header.ts';
import type { HttpEvent } from './http-event.ts';
import { createOriginGuard, printableOrigin, type OriginGuard } from './origin-guard.ts';
import { refuseBrowser } from './refuse-browser.ts';

/** A request that was answered with 401. */
export interface RefusedRequest extends ReplayInfo {
  /** Whether the client can send the same body again. */
  readonly replayable: boolean;
  readonly signal?: AbortSignal | null | undefined;
}

/**
 * The rules for a key on its way to the API. Every adapter is these five steps in its client's idiom:
 *
 * 1. `judge` the URL that will really be used
 * 2. `peekKey`, else `getKey`, unless the caller brought an `Authorization` of their own
 * 3. send, with `headerFor` the key; on each hop that the client follows by itself, ask `allows`
 * 4. only on 401: `renew`, with the response unread
 * 5. if that gave a key, send once more; whatever comes back is final
 *
 * N parallel 401s cost one store read: `renew` of the provider sees to that, and to late ones for a replaced key.
 */
export interface Authorizer extends OriginGuard {
  /** The key if it is in memory. @throws the signal's reason, before anything is read. */
  peekKey(signal?: AbortSignal | null): ApiKey | undefined;
  /** The key, after one shared read if need be. Rejects with the signal's reason as soon as it is aborted. */
  getKey(signal?: AbortSignal | null): Promise<ApiKey>;
  /** `Bearer …`; built once per key. @throws KeyError `invalid_key` if the value can not stand in a header. */
  headerFor(key: ApiKey): string;
  /**
   * The key with which to send the request once more, or undefined: then the caller gets the 401 untouched. Always
   * tells the provider, also for a request that can't be replayed, so that the next call has the new key.
   * Rejects with the signal's reason, or with what the option `replay` threw.
   */
  renew(rejected: ApiKey, request: RefusedRequest): Promise<ApiKey | undefined>;
  /** False for `replay: "never"`: then there is no need to keep a copy of any body. */
  readonly replays: boolean;
}

/** @throws KeyError `invalid_config` for an option that makes no sense; `unsupported` in a browser. */
export function createAuthorizer(provider: KeyProvider, options: AuthorizerOptions = {}): Authorizer {
  refuseBrowser();
  checkAuthorizerOptions(options);
  const { replay = 'auto' } = options;
  const report = createReporter(options.onEvent);
  const guard = createOriginGuard(options, (origin) => report({ type: 'foreign-origin', origin }));
  const headerFor = rememberHeader(provider.name);
  const waitUnlessAborted = createAbortableWait();

  /** A key with another value than the rejected one. */
  async function getOther(
    rejected: ApiKey,
    signal: AbortSignal | null | undefined,
  ): Promise<ApiKey | undefined> {
    const refused = headerFor(rejected);
    try {
      const key = await waitUnlessAborted(provider.renew(rejected, withSignal(signal)), signal);
      return key && headerFor(key) !== refused ? key : undefined;
    } catch {
      throwIfAborted(signal);
      // Whatever kept the provider from answering: the caller has a true 401 to look at, which says more.
      return undefined;
    }
  }

  function isWanted({ method, url }: ReplayInfo): boolean {
    return typeof replay === 'function' ? replay({ method, url }) : replay === 'auto';
  }

  return {
    ...guard,
    headerFor,
    replays: replay !== 'never',
    peekKey(signal) {
      throwIfAborted(signal);
      return provider.peek?.();
    },
    async getKey(signal) {
      throwIfAborted(signal);
      return waitUnlessAborted(provider.getKey(withSignal(signal)), signal);
    },
    async renew(rejected, request) {
      const other = await getOther(rejected, request.signal);
      const outcome = outcomeOf(other, request, isWanted);
      const origin = printableOrigin(parseUrl(request.url));
      report({ type: 'unauthorized', origin, method: request.method, last4: rejected.last4, outcome });
      return outcome === 'replayed' ? other : undefined;
    },
  };
}

type Outcome = Extract<HttpEvent, { type: 'unauthorized' }>['outcome'];

function outcomeOf(
  other: ApiKey | undefined,
  request: RefusedRequest,
  isWanted: (info: ReplayInfo) => boolean,
): Outcome {
  if (!other) return 'no-other-key';
  if (!request.replayable) return 'not-replayable';
  return isWanted(request) ? 'replayed' : 'replay-refused';
}

/** A listener that fails must not fail the request it listens to. */
function createReporter(onEvent: AuthorizerOptions['onEvent']): (event: HttpEvent) => void {
  return (event) => {
    try {
      onEvent?.(event);
    } catch {
      // Its own author has to find that.
    }
  };
}

/** Remembers the header of the last key: there is one key at a time, and while it lasts its text is built once. */
function rememberHeader(source: string): (key: ApiKey) => string {
  let last: { readonly key: ApiKey; readonly header: string } | undefined;
  return (key) => {
    if (last?.key !== key || !last) last = { key, header: bearerHeader(key, source) };
    return last.header;
  };
}

function withSignal(signal: AbortSignal | null | undefined): { signal: AbortSignal } | undefined {
  return signal ? { signal } : undefined;
}
