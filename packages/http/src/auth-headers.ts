import type { KeyProvider } from '@magic-hour-keys/core';
import { createAuthorizer } from './authorizer.ts';
import type { AllowedOriginsOptions } from './allowed-origins.ts';
import { originNotAllowed } from './origin-guard.ts';

/** Headers to spread into a request. Not for logs: this is the key. */
export interface AuthHeaders {
  readonly Authorization: string;
}

export interface AuthHeadersOptions extends AllowedOriginsOptions {
  /** Ends the wait for the key. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The header for a client that has no adapter. It does not see the answer: wrap the call in `withKey` for a key that
 * is renewed after a 401. A client that follows redirects by itself has to be kept from taking the header along.
 *
 * @param url the absolute URL that will really be used.
 * @throws KeyError `origin_not_allowed` for every URL off the allow-list, and whatever the provider throws when there
 * is no key. An abort rejects with the signal's own reason.
 */
export async function authHeaders(
  provider: KeyProvider,
  url: string | URL,
  options: AuthHeadersOptions = {},
): Promise<AuthHeaders> {
  const { allowedOrigins, allowInsecureLoopback, signal } = options;
  const authorizer = createAuthorizer(provider, {
    allowedOrigins,
    allowInsecureLoopback,
    foreignOrigin: 'error',
  });
  if (authorizer.judge(url) === undefined) throw originNotAllowed('foreign', '');
  const key = authorizer.peekKey(signal) ?? (await authorizer.getKey(signal));
  return { Authorization: authorizer.headerFor(key) };
}
