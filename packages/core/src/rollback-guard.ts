import type { Moment } from './age.ts';
import type { CheckedReading } from './check-reading.ts';

// Rule 9: a store may answer with an older version for a while (Google documents `latest` as eventually consistent,
// sometimes for hours), and an operator may roll back on purpose. Seen twice, a minute apart, it is a purpose.

export const ROLLBACK_CONFIRMATION_MS = 60_000;

export interface RollbackGuard {
  /** True when this reading is older than the key in use and has not been seen for long enough. */
  holdsBack(reading: CheckedReading, current: CheckedReading, at: Moment): boolean;
  clear(): void;
}

export function createRollbackGuard(): RollbackGuard {
  let seen: { readonly value: string; readonly at: Moment } | undefined;
  return {
    holdsBack(reading, current, at) {
      if (!isOlder(reading, current)) return false;
      if (seen?.value !== reading.value) seen = { value: reading.value, at };
      return at.monotonicMs - seen.at.monotonicMs < ROLLBACK_CONFIRMATION_MS;
    },
    clear() {
      seen = undefined;
    },
  };
}

function isOlder(reading: CheckedReading, current: CheckedReading): boolean {
  if (reading.sequence === undefined || current.sequence === undefined) return false;
  const sameOrigin =
    reading.origin.name === current.origin.name && reading.origin.location === current.origin.location;
  return sameOrigin && reading.sequence < current.sequence;
}
