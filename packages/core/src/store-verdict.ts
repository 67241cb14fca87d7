import { elapsedMs, type Moment } from './age.ts';
import type { KeyError } from './key-error.ts';

// Rule 4: what the store says against the key itself. Deletion and denial there are the operator's revocation, but
// both also happen by accident and for a moment (IAM changes are eventually consistent), so neither stops at once.

const GONE_CONFIRMATION_MS = 30_000;

export interface StoreVerdict {
  noteSuccess(): void;
  noteFailure(error: KeyError, at: Moment): void;
  /** True when the store has said clearly enough that the key must not be used any more. */
  forbidsUse(at: Moment): boolean;
  /** Milliseconds for which the key may still be served, as far as the store's refusals go. */
  remainingMs(at: Moment): number;
}

export function createStoreVerdict(deniedGraceMs: number): StoreVerdict {
  let goneSince: Moment | undefined;
  let confirmedGone = false;
  let deniedSince: Moment | undefined;

  function remainingMs(at: Moment): number {
    if (confirmedGone) return 0;
    if (!deniedSince) return Number.POSITIVE_INFINITY;
    return Math.max(0, deniedGraceMs - elapsedMs(deniedSince, at));
  }

  return {
    noteSuccess() {
      goneSince = undefined;
      confirmedGone = false;
      deniedSince = undefined;
    },
    noteFailure({ code, retryAfterMs }, at) {
      if (code === 'access_denied') deniedSince ??= at;
      // One that comes into force later says nothing against the key in use.
      const isGone = code === 'not_found' || (code === 'disabled' && retryAfterMs === undefined);
      if (!isGone) return;
      goneSince ??= at;
      // By the monotonic clock alone: a jump of the wall clock must not confirm anything.
      confirmedGone ||= at.monotonicMs - goneSince.monotonicMs >= GONE_CONFIRMATION_MS;
    },
    forbidsUse: (at) => remainingMs(at) <= 0,
    remainingMs,
  };
}
