import { elapsedMs, type Moment } from './age.ts';
import type { ApiKey } from './api-key.ts';
import type { CheckedReading } from './check-reading.ts';
import type { KeyError } from './key-error.ts';
import type { KeyEvent } from './key-event.ts';
import type { KeyReading, KeySource, ReadReason } from './key-source.ts';

const DAY_MS = 24 * 60 * 60_000;
const MOST_WARNINGS_REMEMBERED = 32;

export interface KeyTellerOptions {
  readonly source: KeySource;
  readonly maxAgeMs: number;
  readonly environment: { readonly name: string; readonly from: string } | undefined;
  emit(event: KeyEvent): void;
}

/** Turns what the refresh policy decides into events; knows what was told already. */
export interface KeyTeller {
  resolved(reading: CheckedReading, durationMs: number): void;
  refreshed(reading: CheckedReading, durationMs: number): void;
  changed(reading: CheckedReading, previous: ApiKey, reason: ReadReason, durationMs: number): void;
  failed(error: KeyError, reason: ReadReason, durationMs: number, retryInMs: number): void;
  servedStale(error: KeyError, ageMs: number): void;
  rejected(key: ApiKey): void;
  renewed(outcome: 'new-key' | 'same-key' | 'store-failed', holdDownMs: number, durationMs: number): void;
  /** Tells each text once: the same file is read again every few minutes. */
  warnings(reading: KeyReading | undefined): void;
  warning(code: string, message: string): void;
  /** Tells a key older than the limit, at most once a day. */
  age(key: ApiKey, at: Moment): void;
}

export function createKeyTeller({ source, maxAgeMs, environment, emit }: KeyTellerOptions): KeyTeller {
  const told = new Set<string>();
  let ageToldAt: Moment | undefined;
  const here = { source: source.name, location: source.location };

  function identify({ key, origin }: CheckedReading): {
    source: string;
    location: string;
    last4: string;
    fingerprint: string;
    version?: string;
  } {
    const { last4, fingerprint, version } = key;
    const identity = { source: origin.name, location: origin.location, last4, fingerprint };
    return version === undefined ? identity : { ...identity, version };
  }

  function warning(code: string, message: string): void {
    const text = `${code} ${message}`;
    if (told.has(text) || told.size >= MOST_WARNINGS_REMEMBERED) return;
    told.add(text);
    emit({ type: 'warning', ...here, code, message });
  }

  return {
    resolved(reading, durationMs) {
      const chosen = environment && { environment: environment.name, environmentFrom: environment.from };
      emit({ type: 'resolved', ...identify(reading), durationMs, ...chosen });
    },
    refreshed: (reading, durationMs) => emit({ type: 'refreshed', ...identify(reading), durationMs }),
    changed(reading, previous, reason, durationMs) {
      emit({ type: 'changed', ...identify(reading), previousLast4: previous.last4, reason, durationMs });
    },
    failed(error, reason, durationMs, retryInMs) {
      const place = error.source ? { source: error.source, location: error.location } : here;
      const { code, hint } = error;
      emit({
        type: 'failed',
        ...place,
        code,
        reason,
        durationMs,
        retryInMs,
        ...(hint !== undefined && { hint }),
      });
    },
    servedStale: ({ code }, ageMs) => emit({ type: 'served-stale', ...here, code, ageMs }),
    rejected: ({ last4, fingerprint }) => emit({ type: 'rejected', ...here, last4, fingerprint }),
    renewed(outcome, holdDownMs, durationMs) {
      emit({ type: 'renewed', ...here, outcome, holdDownMs, durationMs });
    },
    warnings(reading) {
      for (const { code, message } of reading?.warnings ?? []) warning(code, message);
    },
    warning,
    age({ createdAt, last4 }, at) {
      const age = createdAt ? at.wallMs - createdAt.getTime() : 0;
      const toldToday = ageToldAt && elapsedMs(ageToldAt, at) < DAY_MS;
      if (age <= maxAgeMs || toldToday) return;
      ageToldAt = at;
      emit({ type: 'key-age', ...here, last4, ageDays: Math.floor(age / DAY_MS) });
    },
  };
}
