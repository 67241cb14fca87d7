import { wrapCleanValue, type ApiKey } from './api-key.ts';
import { cleanKeyValue } from './clean-key-value.ts';
import { KeyError } from './key-error.ts';
import type { KeyReading, KeySource } from './key-source.ts';

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
  const origin = reading?.origin ?? { name: source.name, location: source.location };
  const where = { source: origin.name, location: origin.location };
  const raw: unknown = reading?.value;
  // Sources are also written in JavaScript, so the shape is checked rather than believed.
  if (!reading || !(typeof raw === 'string' || raw instanceof Uint8Array)) {
    const message = `the source gave ${typeof raw}, not text`;
    throw new KeyError({ code: 'invalid_key', ...where, message, hint: 'Store the key as text.' });
  }
  const value = cleanKeyValue(raw, where);
  const expiresAtMs = timeOf(reading.expiresAt) ?? Infinity;
  const notBeforeMs = timeOf(reading.notBefore) ?? -Infinity;
  if (wallMs >= expiresAtMs) throw outOfForce(where, 'has expired', expiresAtMs);
  const earlyMs = notBeforeMs - wallMs;
  if (earlyMs > 0) throw outOfForce(where, 'is not valid yet', notBeforeMs, earlyMs);
  const createdAt = timeOf(reading.createdAt) === undefined ? undefined : reading.createdAt;
  const key = wrapCleanValue(value, { source: origin.name, version: reading.version, createdAt });
  return { key, value, origin, sequence: reading.sequence, expiresAtMs, notBeforeMs };
}

interface Where {
  readonly source: string;
  readonly location: string;
}

function timeOf(date: Date | undefined): number | undefined {
  const time = date?.getTime();
  return time === undefined || Number.isNaN(time) ? undefined : time;
}

function outOfForce(where: Where, what: string, timeMs: number, retryAfterMs?: number): KeyError {
  const message = `the key ${what} (${new Date(timeMs).toISOString()})`;
  return new KeyError({
    code: 'disabled',
    ...where,
    message,
    retryAfterMs,
    hint: 'Store a key that is in force, or correct its dates.',
  });
}
