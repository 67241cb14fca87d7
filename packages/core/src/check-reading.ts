import { wrapCleanValue, type ApiKey } from './api-key.ts';
import { cleanKeyValue } from './clean-key-value.ts';
import { KeyError } from './key-error.ts';
import type { KeyReading, KeySource } from './key-source.ts';
import { placeOf, type Place } from './place.ts';

/** A reading whose value has been cleaned and may be used. */
export interface CheckedReading {
  readonly key: ApiKey;
  readonly value: string;
  readonly origin: { readonly name: string; readonly location: string };
  readonly sequence: number | undefined;
  readonly expiresAtMs: number;
  readonly notBeforeMs: number;
}

/**
 * @throws KeyError `invalid_key` when the value can't be a key, `disabled` when it is out of force already: neither
 * replaces a key that works.
 */
export function checkReading(
  reading: KeyReading | undefined,
  source: KeySource,
  wallMs: number,
): CheckedReading {
  const origin = reading?.origin ?? source;
  const where = placeOf(origin);
  const value = cleanKeyValue(reading?.value, where);
  const expiresAtMs = validDate(reading?.expiresAt)?.getTime() ?? Infinity;
  const notBeforeMs = validDate(reading?.notBefore)?.getTime() ?? -Infinity;
  if (wallMs >= expiresAtMs) throw outOfForce(where, 'has expired', expiresAtMs);
  const earlyMs = notBeforeMs - wallMs;
  if (earlyMs > 0) throw outOfForce(where, 'is not valid yet', notBeforeMs, earlyMs);
  const createdAt = validDate(reading?.createdAt);
  const key = wrapCleanValue(value, { source: where.source, version: reading?.version, createdAt });
  return { key, value, origin, sequence: reading?.sequence, expiresAtMs, notBeforeMs };
}

/** An invalid date, as parsing gives for a text that is none, says nothing. */
function validDate(date: Date | undefined): Date | undefined {
  return Number.isNaN(date?.getTime()) ? undefined : date;
}

function outOfForce(where: Place, what: string, timeMs: number, retryAfterMs?: number): KeyError {
  const message = `the key ${what} (${new Date(timeMs).toISOString()})`;
  const hint = 'Store a key that is in force.';
  return new KeyError({ code: 'disabled', ...where, message, hint, retryAfterMs });
}
