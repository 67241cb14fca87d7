import assert from 'node:assert/strict';
import type { KeyError } from '@magic-hour-keys/core';

/** A person who meets this error has something to do, so it has to say what. */
export function expectHint({ code, hint }: KeyError): void {
  assert.ok(hint !== undefined && hint.trim() !== '', `${code} has no hint that says what to do`);
}
