import type { Moment } from '../../../simulation/lean-clock.ts';

export { DAY, HOUR, MINUTE, SECOND } from '../../../simulation/durations.ts';

/** The larger of both clocks' differences. */
export function elapsed(since: Moment, at: Moment): number {
  return Math.max(at.wallMs - since.wallMs, at.monotonicMs - since.monotonicMs);
}
