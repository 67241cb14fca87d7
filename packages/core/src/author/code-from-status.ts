import type { KeyErrorCode } from '../key-error.ts';

const CODES: Readonly<Record<number, KeyErrorCode>> = {
  401: 'unauthenticated',
  403: 'access_denied',
  404: 'not_found',
  408: 'timeout',
  410: 'disabled',
  429: 'throttled',
};

/**
 * What an HTTP status of a store means, where the store gives it no meaning of its own (RFC 9110 section 15,
 * RFC 6585 for 429). Every 5xx is `unavailable`; anything else, also no status at all, is `unknown`.
 */
export function codeFromStatus(status: number | undefined): KeyErrorCode {
  if (status === undefined) return 'unknown';
  if (status >= 500 && status <= 599) return 'unavailable';
  return CODES[status] ?? 'unknown';
}
