import { readFileSync } from 'node:fs';
import type { KeyEvent, KeyHealth, KeyProviderOptions } from '@magic-hour-keys/core';
import { expect, test } from 'vitest';
import { ERROR_CODES } from './error-codes.ts';

const readme = readFileSync(new URL('../../../packages/core/README.md', import.meta.url), 'utf8');

// The types of these lists fail to compile when a name is missing here, so the README can't fall behind the code.

test('the README lists every option of a provider', () => {
  const options: Record<keyof KeyProviderOptions, true> = {
    freshMs: true,
    maxStaleMs: true,
    deadlineMs: true,
    attemptMs: true,
    deniedGraceMs: true,
    maxAgeMs: true,
    watch: true,
    onEvent: true,
    onRawError: true,
    runtime: true,
    environment: true,
  };
  expect(rowsOf('Options')).toEqual(Object.keys(options));
});

test('the README lists every event with its fields', () => {
  type FieldsOf<Type> = Exclude<
    keyof Extract<KeyEvent, { readonly type: Type }>,
    'type' | 'source' | 'location'
  >;
  const identity = { last4: true, fingerprint: true, version: true, durationMs: true } as const;
  const events: { readonly [Type in KeyEvent['type']]: Readonly<Record<FieldsOf<Type>, true>> } = {
    resolved: { ...identity, environment: true, environmentFrom: true },
    refreshed: identity,
    changed: { ...identity, previousLast4: true, reason: true },
    'served-stale': { code: true, ageMs: true },
    failed: { code: true, reason: true, durationMs: true, retryInMs: true, hint: true },
    rejected: { last4: true, fingerprint: true },
    renewed: { outcome: true, holdDownMs: true, durationMs: true },
    warning: { code: true, message: true },
    'key-age': { last4: true, ageDays: true },
  };
  expect(rowsOf('Events')).toEqual(Object.keys(events));
  for (const [type, fields] of Object.entries(events)) {
    expect(fieldsOfEvent(type)).toEqual(Object.keys(fields).toSorted());
  }
});

test('the README lists every field of the health', () => {
  const fields: Record<keyof KeyHealth, true> = {
    state: true,
    source: true,
    location: true,
    version: true,
    last4: true,
    ageMs: true,
    lastErrorCode: true,
    nextAttemptInMs: true,
    survivesOutageMs: true,
  };
  expect(rowsOf('Health')).toEqual(Object.keys(fields));
});

test('the README says of every error code what to do', () => {
  expect(rowsOf('Errors and what to do')).toEqual(ERROR_CODES);
});

/** The first column of the table under this heading. */
function rowsOf(heading: string): string[] {
  return tableUnder(heading).map(([first = '']) => first.replaceAll('`', ''));
}

/** The names before a remark in parentheses and before a `?`. */
function fieldsOfEvent(type: string): string[] {
  const row = tableUnder('Events').find(([first]) => first === `\`${type}\``);
  const fields = row?.[2]?.replace(/\([^)]*\)/g, '').match(/(?<=`)\w+(?=`)/g) ?? [];
  return fields.toSorted();
}

function tableUnder(heading: string): string[][] {
  const section = readme.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  return rows.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}
