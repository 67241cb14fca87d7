import type { KeyErrorCode } from '@magic-hour-keys/core';

/** A chain goes on after these alone: core's `firstFound` says so. */
export function goesOn(code: KeyErrorCode): boolean {
  return code === 'not_found' || code === 'not_configured';
}
