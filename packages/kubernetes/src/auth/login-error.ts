import { isKeyError, KeyError, type KeyErrorCode } from '@magic-hour-keys/core';
import type { KubernetesSettings } from '../options.ts';

/** Why there is no login. */
export function loginError(
  { location }: Pick<KubernetesSettings, 'location'>,
  code: KeyErrorCode,
  message: string,
  hint: string | undefined,
): KeyError {
  return new KeyError({ code, source: 'kubernetes', location, message, hint });
}

/** It is not there, or must not be read: for a file of the login that never means that the Secret is missing. */
export function isUnreadable(error: unknown): error is KeyError {
  return isKeyError(error) && (error.code === 'not_found' || error.code === 'access_denied');
}
