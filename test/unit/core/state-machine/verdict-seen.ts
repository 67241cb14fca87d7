import type { KeyErrorCode } from '@magic-hour-keys/core';
import type { Moment } from '../../../simulation/lean-clock.ts';
import { elapsed, SECOND } from './moments.ts';

/** Rule 4 from outside: whether the store has said that the key must not be used. */
export interface VerdictSeen {
  noteFailure(code: KeyErrorCode, at: Moment): void;
  reset(): void;
  isStopped(at: Moment): boolean;
}

const CONFIRMATION_MS = 30 * SECOND;

export function createVerdictSeen(deniedGraceMs: number): VerdictSeen {
  let goneSinceMs: number | undefined;
  let gone = false;
  let deniedSince: Moment | undefined;

  return {
    noteFailure(code, at) {
      if (code === 'access_denied') deniedSince ??= at;
      if (code !== 'not_found' && code !== 'disabled') return;
      goneSinceMs ??= at.monotonicMs;
      gone ||= at.monotonicMs - goneSinceMs >= CONFIRMATION_MS;
    },
    reset() {
      goneSinceMs = undefined;
      gone = false;
      deniedSince = undefined;
    },
    isStopped: (at) => gone || (deniedSince !== undefined && elapsed(deniedSince, at) >= deniedGraceMs),
  };
}
