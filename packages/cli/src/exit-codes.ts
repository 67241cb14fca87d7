import type { KeyErrorCode } from '@magic-hour-keys/core';

/** As in sysexits.h, so that scripts and schedulers can tell what to try again. */
export const EXIT = {
  ok: 0,
  /** It was looked for, and it was found. */
  findings: 1,
  /** The command was understood wrongly: an unknown option, a missing argument. */
  usage: 64,
  /** There is no key to be had. */
  noInput: 66,
  /** The store can't be reached. */
  unavailable: 69,
  /** A fault of this program. */
  software: 70,
  /** The same command may succeed later. */
  tryAgain: 75,
  permission: 77,
  /** Something that is written down is wrong: the configuration, a setting, the stored value. */
  config: 78,
} as const;

const BY_CODE: Readonly<Record<KeyErrorCode, number>> = {
  not_configured: EXIT.noInput,
  not_found: EXIT.noInput,
  disabled: EXIT.noInput,
  access_denied: EXIT.permission,
  unauthenticated: EXIT.permission,
  rejected: EXIT.permission,
  invalid_key: EXIT.config,
  invalid_config: EXIT.config,
  origin_not_allowed: EXIT.config,
  unsupported: EXIT.config,
  throttled: EXIT.tryAgain,
  timeout: EXIT.tryAgain,
  conflict: EXIT.tryAgain,
  unavailable: EXIT.unavailable,
  closed: EXIT.unavailable,
  unknown: EXIT.unavailable,
};

export function exitCodeOf(code: KeyErrorCode): number {
  // A newer core may know a code that this program does not.
  return Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : EXIT.unavailable;
}
