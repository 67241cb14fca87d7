import type { KeyErrorCode, KeyFailure } from '@magic-hour-keys/core';
import type { AzureSettings } from '../options.ts';
import type { LoginFailure } from './login-failure.ts';
import { hintForLogin } from './login-hints.ts';

const TRANSIENT_ERRORS: ReadonlySet<string> = new Set(['temporarily_unavailable', 'server_error']);

/**
 * Why no token was given. By the answer of the authority, where there was one; the credential's own error names a
 * failing authority and a wrong password alike.
 */
export function classifyLogin(
  failure: LoginFailure,
  settings: AzureSettings,
  networkFailure?: (error: unknown) => KeyFailure | undefined,
): KeyFailure {
  const { trouble, errorName } = failure;
  const network = networkFailure?.(trouble?.error);
  // Of the service of a machine, the SDK keeps the first connection of the process for ever, which is not seen here.
  const isUnseen = settings.credential !== undefined || settings.auth.method === 'managed-identity';
  const code = trouble?.error === undefined ? codeOf(failure, isUnseen) : (network?.code ?? 'unavailable');
  return {
    code,
    hint: hintForLogin(code, failure, settings),
    retryAfterMs: trouble?.retryAfterMs,
    upstream: { name: network?.upstream?.name ?? errorName, status: trouble?.status },
  };
}

function codeOf({ trouble, isTransient, entraCode }: LoginFailure, isUnseen: boolean): KeyErrorCode {
  const { status, oauthError, isMalformed, isLocal } = trouble ?? {};
  if (status === 429) return 'throttled';
  if (status === 408) return 'timeout';
  if (isMalformed === true || (status !== undefined && status >= 500)) return 'unavailable';
  if (oauthError !== undefined && TRANSIENT_ERRORS.has(oauthError)) return 'unavailable';
  // The metadata service while it is being brought up to date.
  if (isLocal === true && (status === 404 || status === 410)) return 'unavailable';
  return isUnseen && isTransient && trouble === undefined && entraCode === undefined
    ? 'unavailable'
    : 'unauthenticated';
}
