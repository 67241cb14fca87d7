import type { Moment } from '../../../simulation/lean-clock.ts';
import type { BarsSeen } from './bars-seen.ts';
import { MINUTE } from './moments.ts';
import type { Held } from './read-budget.ts';
import type { StoredVersion } from './scheduled-store.ts';

// What may, must or must not become of a reading: rules 5, 6, 7 and 9 from outside.

export interface Reading {
  readonly version: StoredVersion;
  readonly at: Moment;
  /** Whether a read that began later has answered already. */
  readonly isOutdated: boolean;
  /** Whether it began before the newest rejection. */
  readonly isBeforeRejection: boolean;
}

export interface Expectation {
  readonly mustBeTaken: boolean;
  readonly mustBeIgnored: boolean;
  /** The invariant that a change to it would break; undefined where it may be taken. */
  readonly whyNot: string | undefined;
}

export interface LandingRules {
  expect(reading: Reading, held: Held | undefined): Expectation;
  /** A reading was not taken. */
  notePassedOver(reading: Reading, held: Held | undefined): void;
  noteAdoption(): void;
}

export interface LandingRulesOptions {
  readonly sequenced: boolean;
  readonly bars: BarsSeen;
  isSurelyUsable(at: Moment): boolean;
  isMaybeUsable(at: Moment): boolean;
}

export function createLandingRules(options: LandingRulesOptions): LandingRules {
  const { sequenced, bars, isSurelyUsable, isMaybeUsable } = options;
  /** The older version that was seen and not taken. */
  let sighting: { readonly version: StoredVersion; readonly at: Moment } | undefined;

  function isOlder(version: StoredVersion, held: Held | undefined): boolean {
    return sequenced && held !== undefined && version.sequence < held.version.sequence;
  }

  function whyNot({ version, at, isOutdated }: Reading, held: Held | undefined): string | undefined {
    if (!held || version === held.version) return undefined;
    const heldWasRejected = bars.wasRejected(held.version.value ?? '');
    if (isOutdated && !heldWasRejected) return 'I8: an older read undid a newer one';
    if (!isSurelyUsable(at)) return undefined;
    if (bars.isSurelyBarred(version.value ?? '', at)) return 'rule 7: a barred key replaced another';
    if (!isOlder(version, held) || heldWasRejected) return undefined;
    const isPurpose = sighting?.version === version && at.monotonicMs - sighting.at.monotonicMs >= MINUTE;
    return isPurpose ? undefined : 'I2: an older version replaced a newer one';
  }

  return {
    expect(reading, held) {
      const { version, at, isOutdated, isBeforeRejection } = reading;
      const value = version.value ?? '';
      const isWanted = !isMaybeUsable(at) || !isOlder(version, held);
      return {
        mustBeTaken: isWanted && !isOutdated && bars.isSurelyFree(value, at),
        mustBeIgnored: isBeforeRejection && bars.isSurelyBarred(value, at),
        whyNot: whyNot(reading, held),
      };
    },
    notePassedOver({ version, at }, held) {
      if (isOlder(version, held) && sighting?.version !== version) sighting = { version, at };
    },
    noteAdoption: () => void (sighting = undefined),
  };
}
