import type { ApiKey, KeyProvider } from '@magic-hour-keys/core';
import { throwIfAborted } from './abortable.ts';
import type { AuthHeaders, AuthHeadersOptions } from './auth-headers.ts';
import { createAuthorizer } from './authorizer.ts';
import type { AuthorizerOptions } from './authorizer-options.ts';
import { discardBody } from './discard-body.ts';
import { originNotAllowed } from './origin-guard.ts';

/** What a call gets to send its request with. */
export interface KeyAttempt {
  /**
   * The headers for this absolute URL, which has to be the one that will really be used. Not for logs.
   *
   * @throws KeyError `origin_not_allowed` for every URL off the allow-list.
   */
  headersFor(url: string | URL): AuthHeaders;
  /** 1, and 2 when the first got a 401 and there is another key. */
  readonly attempt: 1 | 2;
  readonly signal: AbortSignal | undefined;
}

/** How a call ended. `result` is undefined after an error, and `error` after a result. */
export interface CallOutcome<Result> {
  readonly result?: Result | undefined;
  readonly error?: unknown;
}

export interface WithKeyOptions<Result = unknown>
  extends AuthHeadersOptions, Pick<AuthorizerOptions, 'replay' | 'onEvent'> {
  /**
   * Whether the API refused the key. Default: the result or the error has 401 as `status` or `statusCode`, itself or
   * in its `response`.
   */
  readonly isUnauthorized?: ((outcome: CallOutcome<Result>) => boolean) | undefined;
}

/**
 * Runs a call of any client with the key, and after a 401 once more with another key if there is one. The call builds
 * its request anew each time, body included.
 *
 * @returns what the call returned. It rejects with what the call threw, with a KeyError when there is no key, or with
 * the signal's own reason.
 */
export async function withKey<Result>(
  provider: KeyProvider,
  call: (attempt: KeyAttempt) => PromiseLike<Result> | Result,
  options: WithKeyOptions<Result> = {},
): Promise<Result> {
  const { signal, isUnauthorized = hasStatus401 } = options;
  const authorizer = createAuthorizer(provider, { ...options, foreignOrigin: 'error' });
  let url: string | undefined;

  function run(attempt: 1 | 2, key: ApiKey): PromiseLike<Result> | Result {
    const headersFor = (asked: string | URL): AuthHeaders => {
      url = authorizer.judge(asked);
      if (url === undefined) throw originNotAllowed('foreign', '');
      return { Authorization: authorizer.headerFor(key) };
    };
    return call({ attempt, signal, headersFor });
  }

  const key = authorizer.peekKey(signal) ?? (await authorizer.getKey(signal));
  const first = await settle(() => run(1, key));
  // A call that asked for no headers did not send the key, so its 401 says nothing about it.
  if (url === undefined || !isUnauthorized(first)) return unwrap(first);
  const other = await authorizer.renew(key, { url, replayable: true, signal }).catch((error: unknown) => {
    void discardBody(first.result);
    throw error;
  });
  if (!other) return unwrap(first);
  await discardBody(first.result);
  throwIfAborted(signal);
  return run(2, other);
}

async function settle<Result>(
  call: () => PromiseLike<Result> | Result,
): Promise<CallOutcome<Result> & { readonly failed: boolean }> {
  try {
    return { failed: false, result: await call() };
  } catch (error) {
    return { failed: true, error };
  }
}

function unwrap<Result>(outcome: CallOutcome<Result> & { readonly failed: boolean }): Result {
  if (outcome.failed) throw outcome.error;
  return outcome.result as Result;
}

interface MaybeRefused {
  readonly status?: unknown;
  readonly statusCode?: unknown;
  readonly response?: unknown;
}

function hasStatus401({ result, error }: CallOutcome<unknown>): boolean {
  const answer = (result ?? error ?? {}) as MaybeRefused;
  return is401(answer) || is401(answer.response ?? {});
}

function is401({ status, statusCode }: MaybeRefused): boolean {
  return status === 401 || statusCode === 401;
}
