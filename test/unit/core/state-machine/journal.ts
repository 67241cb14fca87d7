import type { KeyErrorCode, KeyEvent } from '@magic-hour-keys/core';
import type { Moment } from '../../../simulation/lean-clock.ts';
import { createBarsSeen, type BarsSeen } from './bars-seen.ts';
import { createFlightsSeen, type FlightsSeen, type SeenFlight } from './flights-seen.ts';
import { elapsed, MINUTE, SECOND } from './moments.ts';
import type { StoredVersion } from './scheduled-store.ts';
import { createVerdictSeen } from './verdict-seen.ts';

// What anybody outside can know of a provider: the reads that its source was asked for, the events, and what time it
// was. From that follows what a caller may be given, without a second copy of the policy.

export interface Rules {
  readonly freshMs: number;
  readonly maxStaleMs: number;
  readonly deniedGraceMs: number;
  readonly sequenced: boolean;
}

export interface Held {
  readonly version: StoredVersion;
  /** When the read began that last confirmed it. */
  readonly confirmedAt: Moment;
  readonly isFirst: boolean;
}

export interface Verdict {
  readonly code: KeyErrorCode;
  readonly at: Moment;
}

/** A reading that arrived in time and can be used. */
interface Landing {
  readonly flight: SeenFlight;
  readonly version: StoredVersion;
  readonly isOutdated: boolean;
  readonly mustBeTaken: boolean;
  readonly mayReplace: string | undefined;
  readonly at: Moment;
  taken: boolean;
}

export interface Journal {
  readonly flights: FlightsSeen;
  readonly bars: BarsSeen;
  readonly violations: string[];
  readonly held: Held | undefined;
  /** What the store said last, and what it said last of those reads that no newer success has overtaken. */
  readonly verdicts: readonly (Verdict | undefined)[];
  /** Grows with each thing that happens: orders what happened at the same time. */
  readonly steps: number;
  /** The step of the newest reading, and its version. */
  readonly newestReading: { readonly step: number; readonly version: StoredVersion } | undefined;
  /** The step of the invalidation that no read has answered yet. */
  readonly invalidatedAtStep: number | undefined;
  readonly eventTypes: ReadonlySet<string>;
  blame(text: string): void;
  /** Certainly usable, so that nobody may be refused; or possibly usable, so that it may be served. */
  isSurelyUsable(at: Moment): boolean;
  isMaybeUsable(at: Moment): boolean;
  noteStart(flight: SeenFlight, at: Moment, inCall: boolean): void;
  noteAnswer(flight: SeenFlight, version: StoredVersion, at: Moment): void;
  noteAttemptFailure(flight: SeenFlight): void;
  noteEvent(event: KeyEvent, at: Moment): void;
  noteInvalidation(): void;
  noteHint(at: Moment): void;
  noteSetBack(): void;
  /** To be called when everything that a landing causes has happened. */
  finishLanding(): void;
}

/** Rule 3's shortest pause after so many failures in a row: half of 1 s doubling to 60 s. */
function shortestPauseMs(failures: number): number {
  return 0.5 * Math.min(MINUTE, SECOND * 2 ** (failures - 1));
}

export function createJournal(rules: Rules, versions: () => readonly StoredVersion[]): Journal {
  const flights = createFlightsSeen();
  const bars = createBarsSeen();
  const surely = createVerdictSeen(rules.deniedGraceMs);
  const maybe = createVerdictSeen(rules.deniedGraceMs);
  const violations: string[] = [];
  const eventTypes = new Set<string>();
  let held: Held | undefined;
  let landing: Landing | undefined;
  let newestSuccess = 0;
  let lastFailure: Verdict | undefined;
  let pausedBy: Verdict | undefined;
  let failuresInARow = 0;
  let steps = 0;
  let newestReading: { step: number; version: StoredVersion } | undefined;
  let invalidation: { step: number; flights: number } | undefined;
  let hintedAt: Moment | undefined;
  let isHintPauseOn = false;
  let startedBeforeSetBack = 0;
  let sighting: { version: StoredVersion; at: Moment } | undefined;

  function blame(text: string): void {
    violations.push(text);
  }

  function isYoung(at: Moment): boolean {
    return held !== undefined && elapsed(held.confirmedAt, at) <= rules.maxStaleMs;
  }

  function isInForce(at: Moment): boolean {
    return held !== undefined && at.wallMs < held.version.expiresAtMs;
  }

  const isSurelyUsable = (at: Moment): boolean => isYoung(at) && isInForce(at) && !maybe.isStopped(at);
  const isMaybeUsable = (at: Moment): boolean => isYoung(at) && isInForce(at) && !surely.isStopped(at);

  // --- Reads ------------------------------------------------------------------------------------------------------

  function noteStart(flight: SeenFlight, at: Moment, inCall: boolean): void {
    const others = flights.underWay.filter((other) => other !== flight);
    if (others.some(({ reason }) => sameKind(reason, flight.reason))) {
      blame(`I1: a second read (${flight.reason}) beside ${others.map(({ reason }) => reason).join(' and ')}`);
    }
    if (flight.reason === 'rejected' || flight.reason === 'invalidated' || !inCall) return;
    checkPause(at);
    if (invalidation === undefined && isSurelyUsable(at)) checkFreshness(flight, at);
  }

  function checkPause(at: Moment): void {
    if (!pausedBy || failuresInARow === 0) return;
    const sinceMs = elapsed(pausedBy.at, at);
    if (sinceMs < shortestPauseMs(failuresInARow)) {
      blame(`I5: a read ${sinceMs} ms after failure ${failuresInARow} in a row (rule 3)`);
    }
  }

  function checkFreshness(flight: SeenFlight, at: Moment): void {
    if (!held) return;
    if (flights.underWay.length > 1) blame('I1: a background read beside another read (rule 2)');
    const sinceMs = elapsed(held.confirmedAt, at);
    const shortestMs = rules.freshMs * (held.isFirst ? 0.1 : 0.8);
    if (held.version.expiresAtMs < Infinity || sinceMs >= shortestMs) return;
    const isHinted = hintedAt !== undefined && hintedAt.monotonicMs >= held.confirmedAt.monotonicMs;
    if (!isHinted) blame(`I5: a background read of a key that is ${sinceMs} ms old and fresh (rule 1)`);
    const before = flights.all[flight.order - 2];
    // Not across a wall clock that was set back, where elapsed times can't be compared, nor after an invalidation,
    // which ends every pause; and after a failure the pause is that of rule 3.
    if (!before || before.order <= startedBeforeSetBack || !isHintPauseOn || failuresInARow > 0) return;
    if (elapsed(before.startedAt, at) < SECOND) {
      blame('I5: two reads in a second for hints (rule 11)');
    }
  }

  // --- What they bring --------------------------------------------------------------------------------------------

  function noteAnswer(flight: SeenFlight, version: StoredVersion, at: Moment): void {
    finishLanding();
    flights.noteSuccess();
    if (version.value === undefined || at.wallMs >= version.expiresAtMs) {
      flight.state = 'failing';
      return;
    }
    flight.state = 'landed';
    const isOutdated = flight.order < newestSuccess;
    newestSuccess = Math.max(newestSuccess, flight.order);
    steps += 1;
    newestReading = { step: steps, version };
    landing = {
      flight,
      version,
      isOutdated,
      mustBeTaken: mustBeTaken(version, isOutdated, at),
      mayReplace: whyNotReplace(version, isOutdated, at),
      at,
      taken: false,
    };
    surely.reset();
    failuresInARow = 0;
    answerInvalidation(flight);
  }

  /** Rules 5, 6 and 9 from the side of what must happen. */
  function mustBeTaken(version: StoredVersion, isOutdated: boolean, at: Moment): boolean {
    if (isOutdated || version.value === undefined) return false;
    if (!bars.isSurelyFree(version.value, at)) return false;
    return !isMaybeUsable(at) || !isOlder(version);
  }

  /** The invariant that a change to this version would break; undefined where it may be taken. */
  function whyNotReplace(version: StoredVersion, isOutdated: boolean, at: Moment): string | undefined {
    if (!held || version === held.version) return undefined;
    const heldWasRejected = bars.wasRejected(held.version.value ?? '');
    if (isOutdated && !heldWasRejected) return 'I8: an older read undid a newer one';
    if (!isSurelyUsable(at)) return undefined;
    if (bars.isSurelyBarred(version.value ?? '', at)) return 'rule 7: a barred key replaced another';
    if (!isOlder(version) || heldWasRejected) return undefined;
    const isConfirmed =
      sighting?.version === version && at.monotonicMs - sighting.at.monotonicMs >= MINUTE;
    return isConfirmed ? undefined : 'I2: an older version replaced a newer one';
  }

  function isOlder(version: StoredVersion): boolean {
    return rules.sequenced && held !== undefined && version.sequence < held.version.sequence;
  }

  function finishLanding(): void {
    if (!landing) return;
    const { mustBeTaken: must, taken, version, flight, at } = landing;
    if (must && !taken) blame(`rule 5 or 6: ${version.name} of read ${flight.order} was not taken`);
    if (!taken && isOlder(version) && sighting?.version !== version) sighting = { version, at };
    landing = undefined;
  }

  function answerInvalidation(flight: SeenFlight): void {
    if (invalidation && flight.order > invalidation.flights) invalidation = undefined;
  }

  // --- Events -----------------------------------------------------------------------------------------------------

  function noteEvent(event: KeyEvent, at: Moment): void {
    if (event.type !== 'warning') steps += 1;
    eventTypes.add(event.type);
    checkPlain(event);
    if (event.type === 'resolved' || event.type === 'refreshed' || event.type === 'changed') {
      noteAdoption(event, at);
    } else if (event.type === 'failed') {
      noteFailure(event, at);
    } else if (event.type === 'renewed') {
      noteRenewed(event, at);
    } else if (event.type === 'served-stale' && event.ageMs > rules.maxStaleMs) {
      blame('I3: served-stale tells an age above maxStale');
    }
  }

  type Adoption = Extract<KeyEvent, { type: 'resolved' | 'refreshed' | 'changed' }>;

  function noteAdoption(event: Adoption, at: Moment): void {
    if (!landing || landing.taken) {
      blame(`I12: ${event.type} without a reading`);
      return;
    }
    const { version, flight } = landing;
    landing.taken = true;
    if (event.version !== version.name) blame(`I12: ${event.type} tells ${event.version}, not ${version.name}`);
    if ((event.type === 'resolved') !== (held === undefined)) blame(`I12: ${event.type} out of order`);
    if (event.type === 'refreshed' && held?.version !== version) blame('I12: refreshed tells of another key');
    if (event.type === 'changed') {
      if (landing.mayReplace !== undefined) blame(landing.mayReplace);
      if (event.previousLast4 !== held?.version.value?.slice(-4)) blame('I12: changed from another key');
    }
    if (event.type !== 'refreshed') bars.noteAdoption(at);
    held = { version, confirmedAt: flight.startedAt, isFirst: held === undefined };
    maybe.reset();
    sighting = undefined;
  }

  function noteFailure(event: Extract<KeyEvent, { type: 'failed' }>, at: Moment): void {
    finishLanding();
    const flight = flights.failing(event.reason);
    if (!flight) {
      blame(`I12: failed (${event.reason}) without a failed read`);
      return;
    }
    flight.state = 'landed';
    maybe.noteFailure(event.code, at);
    answerInvalidation(flight);
    lastFailure = { code: event.code, at };
    if (flight.order < newestSuccess) return;
    surely.noteFailure(event.code, at);
    pausedBy = lastFailure;
    failuresInARow += 1;
  }

  function noteRenewed(event: Extract<KeyEvent, { type: 'renewed' }>, at: Moment): void {
    const value = flights.all
      .find(({ reason, state, values }) => reason === 'rejected' && state === 'landed' && values.length > 0)
      ?.values.shift();
    if (value === undefined) blame('I12: renewed without a rejection');
    else bars.noteRenewed(value, event.outcome, event.holdDownMs, at);
  }

  function checkPlain(event: KeyEvent): void {
    if (!Object.isFrozen(event)) blame('I12: an event can be changed');
    const fields: readonly unknown[] = Object.values(event);
    if (!fields.every((field) => ['string', 'number', 'boolean'].includes(typeof field))) {
      blame(`I12: ${event.type} has a field that is not plain`);
    }
    const text = JSON.stringify(event);
    if (versions().some(({ value }) => value !== undefined && text.includes(value))) {
      blame(`I12: ${event.type} holds a key`);
    }
  }

  return {
    flights,
    bars,
    violations,
    eventTypes,
    get held() {
      return held;
    },
    get verdicts() {
      return [lastFailure, pausedBy];
    },
    get steps() {
      return steps;
    },
    get newestReading() {
      return newestReading;
    },
    get invalidatedAtStep() {
      return invalidation?.step;
    },
    blame,
    isSurelyUsable,
    isMaybeUsable,
    noteStart,
    noteAnswer,
    noteAttemptFailure: (flight) => void (flight.state = 'failing'),
    noteEvent,
    noteInvalidation() {
      steps += 1;
      isHintPauseOn = false;
      invalidation = { step: steps, flights: flights.all.length };
      failuresInARow = 0;
    },
    noteHint(at) {
      hintedAt = at;
      isHintPauseOn = true;
    },
    noteSetBack: () => void (startedBeforeSetBack = flights.all.length),
    finishLanding,
  };
}

function sameKind(one: string, other: string): boolean {
  const kind = (reason: string): string => (reason === 'initial' ? 'aged' : reason);
  return kind(one) === kind(other);
}
