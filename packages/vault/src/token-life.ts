import type { KeyRuntime } from '@magic-hour-keys/core';
import { member } from './member.ts';

/** What is known of a token's end. Everything is judged when somebody asks; no timer waits for it. */
export interface TokenLife {
  /** `renew-self` may be tried. */
  readonly isRenewable: boolean;
  readonly leaseSeconds: number;
  /** Requests that it may still be used for; Infinity where there is no limit. */
  readonly uses: number;
  /** Between 60 and 80 % of its life are over. */
  isDue(): boolean;
  isOver(): boolean;
}

export interface Granted {
  readonly leaseSeconds: number;
  readonly isRenewable: boolean;
  readonly uses: number;
}

/** The members of `auth` in the answer of a login or a renewal; undefined for anything else. */
export function readGrant(auth: unknown): Granted | undefined {
  const leaseSeconds = member(auth, 'lease_duration');
  if (typeof leaseSeconds !== 'number' || !(leaseSeconds >= 0)) return undefined;
  return {
    leaseSeconds,
    isRenewable: member(auth, 'renewable') === true && member(auth, 'token_type') !== 'batch',
    uses: usesOf(member(auth, 'num_uses')),
  };
}

/** The members of `data` in the answer of `lookup-self`. */
export function readLookup(data: unknown): Granted | undefined {
  const ttl = member(data, 'ttl');
  if (typeof ttl !== 'number' || !(ttl >= 0)) return undefined;
  return {
    leaseSeconds: ttl,
    isRenewable: member(data, 'renewable') === true && member(data, 'type') !== 'batch',
    uses: usesOf(member(data, 'num_uses')),
  };
}

/**
 * A life that begins now. Call it before the request that grants it is sent, so that it is never thought longer than it
 * is. The age is the larger of both clocks, since one of them stands still while the machine sleeps.
 */
export function createLifeClock(runtime: KeyRuntime): (granted: Granted) => TokenLife {
  const [wallMs, monotonicMs] = [runtime.wallMs(), runtime.monotonicMs()];
  // Spread, so that a fleet that was started together does not renew together.
  const share = 0.6 + 0.2 * runtime.random();

  function ageSeconds(): number {
    return Math.max(runtime.wallMs() - wallMs, runtime.monotonicMs() - monotonicMs) / 1000;
  }

  return ({ leaseSeconds, isRenewable, uses }) => ({
    isRenewable,
    leaseSeconds,
    uses,
    // A lease of 0 has no end.
    isDue: () => leaseSeconds > 0 && ageSeconds() >= leaseSeconds * share,
    isOver: () => leaseSeconds > 0 && ageSeconds() >= leaseSeconds,
  });
}

function usesOf(limit: unknown): number {
  return typeof limit === 'number' && limit > 0 ? limit : Infinity;
}
