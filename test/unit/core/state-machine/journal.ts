import type { KeyErrorCode, KeyEvent } from '@magic-hour-keys/core';
import type { Moment } from '../../../simulation/lean-clock.ts';
import { createBarsSeen, type BarsSeen } from './bars-seen.ts';
import { checkEvent } from './check-event.ts';
import { createFlightsSeen, type FlightsSeen, type SeenFlight } from './flights-seen.ts';
import { createLandingRules, type Expectation, type Reading } from './landing-rules.ts';
import { elapsed } from './moments.ts';
import { createReadBudget, type Held, type ReadBudget, type Verdict } from './read-budget.ts';
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

/** A reading that arrived in time and can be used. */
interface Landing extends Reading, Expectation {
  readonly flight: SeenFlight;
  taken: boolean;
}

export interface Journal {
  readonly flights: FlightsSeen;
  readonly bars: BarsSeen;
  readonly budget: ReadBudget;
  readonly violations: readonly string[];
  readonly held: Held | undefined;
  /** What the store said last, also to a read that was overtaken. */
  readonly lastFailure: Verdict | undefined;
  /** Grows with each thing that happens: orders what happened at the same time. */
  readonly steps: number;
  readonly newestReading: { readonly step: number; readonly version: StoredVersion } | undefined;
  /** The step of the invalidation that no read has answered yet. */
  readonly invalidatedAtStep: number | undefined;
  readonly eventTypes: ReadonlySet<string>;
  blame(text: string): void;
  /** Certainly usable, so that nobody may be refused. */
  isSurelyUsable(at: Moment): boolean;
  /** Possibly usable, so that it may be served. */
  isMaybeUsable(at: Moment): boolean;
  /** @param inCall whether a caller began the read, rather than the end of another one. */
  noteStart(flight: SeenFlight, at: Moment, inCall: boolean): void;
  noteAnswer(flight: SeenFlight, version: StoredVersion, at: Moment): void;
  noteAttemptFailure(flight: SeenFlight, code: KeyErrorCode): void;
  noteEvent(event: KeyEvent, at: Moment): void;
  noteInvalidation(): void;
  /** To be called when everything that a landing causes has happened. */
  finishLanding(): void;
}

export function createJournal(rules: Rules, versions: () => readonly StoredVersion[]): Journal {
  const violations: string[] = [];
  const eventTypes = new Set<string>();
  const flights = createFlightsSeen();
  const bars = createBarsSeen();
  const budget = createReadBudget(rules.freshMs, flights, blame);
  // One forgets the store's refusals too early and one too late, so that the truth lies between them.
  const surely = createVerdictSeen(rules.deniedGraceMs);
  const maybe = createVerdictSeen(rules.deniedGraceMs);
  let held: Held | undefined;
  let landing: Landing | undefined;
  let newestSuccess = 0;
  let lastFailure: Verdict | undefined;
  let steps = 0;
  let newestReading: { step: number; version: StoredVersion } | undefined;
  let invalidation: { step: number; flights: number } | undefined;

  function blame(text: string): void {
    violations.push(text);
  }

  function isYoungAndInForce(at: Moment): boolean {
    if (!held || at.wallMs >= held.version.expiresAtMs) return false;
    return elapsed(held.confirmedAt, at) <= rules.maxStaleMs;
  }

  const isSurelyUsable = (at: Moment): boolean => isYoungAndInForce(at) && !maybe.isStopped(at);
  const isMaybeUsable = (at: Moment): boolean => isYoungAndInForce(at) && !surely.isStopped(at);

  const { sequenced } = rules;
  const landingRules = createLandingRules({ sequenced, bars, isSurelyUsable, isMaybeUsable });

  // --- Reads, and what they bring ---------------------------------------------------------------------------------

  function noteStart(flight: SeenFlight, at: Moment, inCall: boolean): void {
    const others = flights.underWay.filter((other) => other !== flight);
    if (others.some(({ reason }) => kindOf(reason) === kindOf(flight.reason))) {
      blame(
        `I1: a second read (${flight.reason}) beside ${others.map(({ reason }) => reason).join(' and ')}`,
      );
    }
    if (flight.reason === 'rejected' || flight.reason === 'invalidated' || !inCall) return;
    budget.checkPause(at);
    if (held && !invalidation && isSurelyUsable(at)) budget.checkFreshness(flight, held, at);
  }

  function noteAnswer(flight: SeenFlight, version: StoredVersion, at: Moment): void {
    finishLanding();
    flights.noteSuccess();
    if (version.value === undefined || at.wallMs >= version.expiresAtMs) {
      noteAttemptFailure(flight, version.value === undefined ? 'invalid_key' : 'disabled');
      return;
    }
    flight.state = 'landed';
    const isOutdated = flight.order < newestSuccess;
    newestSuccess = Math.max(newestSuccess, flight.order);
    steps += 1;
    newestReading = { step: steps, version };
    const newestRenewal = flights.all.findLast(({ reason }) => reason === 'rejected');
    const isBeforeRejection = newestRenewal !== undefined && flight.order < newestRenewal.order;
    const reading = { version, at, isOutdated, isBeforeRejection };
    landing = { ...reading, ...landingRules.expect(reading, held), flight, taken: false };
    surely.reset();
    budget.noteSuccess();
    answerInvalidation(flight);
  }

  function noteAttemptFailure(flight: SeenFlight, code: KeyErrorCode): void {
    flight.state = 'failing';
    flight.code = code;
  }

  function finishLanding(): void {
    if (!landing) return;
    const { mustBeTaken, taken, version, flight } = landing;
    if (mustBeTaken && !taken) blame(`rule 5 or 6: ${version.name} of read ${flight.order} was not taken`);
    if (!taken) landingRules.notePassedOver(landing, held);
    landing = undefined;
  }

  function answerInvalidation(flight: SeenFlight): void {
    if (invalidation && flight.order > invalidation.flights) invalidation = undefined;
  }

  // --- Events -----------------------------------------------------------------------------------------------------

  function noteEvent(event: KeyEvent, at: Moment): void {
    if (event.type !== 'warning') steps += 1;
    eventTypes.add(event.type);
    checkEvent(event, versions(), blame);
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
    if (!landing || landing.taken) return blame(`I12: ${event.type} without a reading`);
    const { version, flight, whyNot, mustBeIgnored } = landing;
    landing.taken = true;
    if (mustBeIgnored) blame('rule 6: a read of before the rejection brought the rejected key');
    if (event.version !== version.name)
      blame(`I12: ${event.type} tells ${event.version}, not ${version.name}`);
    if ((event.type === 'resolved') !== (held === undefined)) blame(`I12: ${event.type} out of order`);
    if (event.type === 'refreshed' && held?.version !== version) blame('I12: refreshed tells of another key');
    if (event.type === 'changed') {
      if (whyNot !== undefined) blame(whyNot);
      if (event.previousLast4 !== held?.version.value?.slice(-4)) blame('I12: changed from another key');
    }
    if (event.type !== 'refreshed') bars.noteAdoption(at);
    held = { version, confirmedAt: flight.startedAt, isFirst: held === undefined };
    maybe.reset();
    landingRules.noteAdoption();
  }

  function noteFailure(event: Extract<KeyEvent, { type: 'failed' }>, at: Moment): void {
    finishLanding();
    const flight = flights.failing(event.reason);
    if (!flight) return blame(`I12: failed (${event.reason}) without a failed read`);
    flight.state = 'landed';
    const { code, retryInMs } = event;
    if (code !== flight.code) blame(`rule 3: the store said ${flight.code}, and callers hear ${code}`);
    lastFailure = { code, at, retryInMs };
    maybe.noteFailure(code, at);
    answerInvalidation(flight);
    if (flight.order < newestSuccess) return;
    surely.noteFailure(code, at);
    budget.noteFailure(lastFailure);
  }

  function noteRenewed(event: Extract<KeyEvent, { type: 'renewed' }>, at: Moment): void {
    const value = flights.all
      .find(({ reason, state, values }) => reason === 'rejected' && state === 'landed' && values.length > 0)
      ?.values.shift();
    if (value === undefined) blame('I12: renewed without a rejection');
    else bars.noteRenewed(value, event.outcome, event.holdDownMs, at);
  }

  return {
    flights,
    bars,
    budget,
    violations,
    eventTypes,
    get held() {
      return held;
    },
    get lastFailure() {
      return lastFailure;
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
    noteAttemptFailure,
    noteEvent,
    noteInvalidation() {
      steps += 1;
      invalidation = { step: steps, flights: flights.all.length };
      budget.noteInvalidation();
    },
    finishLanding,
  };
}

/** The first read of all is the one that later ones call aged. */
function kindOf(reason: string): string {
  return reason === 'initial' ? 'aged' : reason;
}
