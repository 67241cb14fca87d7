import type { KeyErrorCode } from '@magic-hour-keys/core';

/** The compiler sees to it that this is the union of core, neither more nor less. */
const CODES: Readonly<Record<KeyErrorCode, true>> = {
  not_configured: true,
  not_found: true,
  disabled: true,
  access_denied: true,
  unauthenticated: true,
  invalid_key: true,
  invalid_config: true,
  throttled: true,
  timeout: true,
  unavailable: true,
  origin_not_allowed: true,
  rejected: true,
  conflict: true,
  unsupported: true,
  closed: true,
  unknown: true,
};
export const ERROR_CODES = Object.keys(CODES) as KeyErrorCode[];
