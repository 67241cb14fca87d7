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
  if (!isReading(reading)) throw noText(reading, where);
  const value = cleanKeyValue(reading.value, where);
  const expiresAtMs = timeOf(reading.expiresAt) ?? Number.POSITIVE_INFINITY;
  const notBeforeMs = timeOf(reading.notBefore) ?? Number.NEGATIVE_INFINITY;
  if (wallMs >= expiresAtMs) throw outOfForce(where, 'has expired', expiresAtMs);
  if (wallMs < notBeforeMs) throw outOfForce(where, 'is not valid yet', notBeforeMs);
  const createdAt = timeOf(reading.createdAt) === undefined ? undefined : reading.createdAt;
  const key = wrapCleanValue(value, { source: origin.name, version: reading.version, createdAt });
  return { key, value, origin, sequence: reading.sequence, expiresAtMs, notBeforeMs };
}

interface Where {
  readonly source: string;
  readonly location: string;
}

/** Sources are also written in JavaScript, so the shape is checked rather than believed. */
function isReading(reading: KeyReading | undefined): reading is KeyReading {
  const value: unknown = reading?.value;
  return typeof value === 'string' || value instanceof Uint8Array;
}

function noText(reading: KeyReading | undefined, where: Where): KeyError {
  const value: unknown = reading?.value;
  return new KeyError({
    code: 'invalid_key',
    ...where,
    message: `the source gave ${value === null ? 'null' : typeof value} where text was expected`,
    hint: 'Store the key as text; if it is a member of a JSON document, name it with the option `field`.',
  });
}

function timeOf(date: Date | undefined): number | undefined {
  const time = date?.getTime();
  return time === undefined || Number.isNaN(time) ? undefined : time;
}

function outOfForce(where: Where, what: string, timeMs: number): KeyError {
  return new KeyError({
    code: 'disabled',
    ...where,
    message: `the stored key ${what} (${new Date(timeMs).toISOString()})`,
    hint: 'Store a key that is in force, or correct the dates of the secret.',
  });
}
