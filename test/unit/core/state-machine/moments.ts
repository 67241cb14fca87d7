import type { Moment } from '../../../simulation/lean-clock.ts';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The larger of both clocks' differences. */
export function elapsed(since: Moment, at: Moment): number {
  return Math.max(at.wallMs - since.wallMs, at.monotonicMs - since.monotonicMs);
}
