import type { KeyErrorCode } from '@magic-hour-keys/core';

/** The codes of gRPC (google.rpc.Code), by number, and what each means here. */
const STATUSES: readonly (readonly [name: string, code: KeyErrorCode])[] = [
  ['OK', 'unknown'],
  ['CANCELLED', 'unavailable'],
  ['UNKNOWN', 'unknown'],
  ['INVALID_ARGUMENT', 'invalid_config'],
  ['DEADLINE_EXCEEDED', 'timeout'],
  ['NOT_FOUND', 'not_found'],
  ['ALREADY_EXISTS', 'unknown'],
  ['PERMISSION_DENIED', 'access_denied'],
  ['RESOURCE_EXHAUSTED', 'throttled'],
  // The version is disabled or destroyed.
  ['FAILED_PRECONDITION', 'disabled'],
  ['ABORTED', 'unavailable'],
  ['OUT_OF_RANGE', 'invalid_config'],
  // Also what gRPC makes of the 404 of a proxy, or of a server that is none of Google's.
  ['UNIMPLEMENTED', 'unavailable'],
  ['INTERNAL', 'unavailable'],
  ['UNAVAILABLE', 'unavailable'],
  ['DATA_LOSS', 'unavailable'],
  ['UNAUTHENTICATED', 'unauthenticated'],
];

export function nameOfStatus(number: number | undefined): string | undefined {
  return number === undefined ? undefined : STATUSES[number]?.[0];
}

export function numberOfStatus(name: unknown): number | undefined {
  const number = STATUSES.findIndex(([known]) => known === name);
  return number === -1 ? undefined : number;
}

export function codeOfStatus(number: number | undefined): KeyErrorCode | undefined {
  return number === undefined ? undefined : STATUSES[number]?.[1];
}
