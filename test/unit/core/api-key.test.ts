import { inspect } from 'node:util';
import { serialize } from 'node:v8';
import { createApiKey, isKeyError } from '@magic-hour-keys/core';
import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { expect, test } from 'vitest';

const CREATED = new Date('2026-01-02T03:04:05Z');

function planted() {
  const value = makeTestKey();
  return { value, key: createApiKey(value, { source: 'aws', version: 'v7', createdAt: CREATED }) };
}

test('a key is revealed only on request', () => {
  const { value, key } = planted();
  expect(key.reveal()).toBe(value);
  expect(key.last4).toBe(value.slice(-4));
  expect([key.source, key.version, key.createdAt]).toEqual(['aws', 'v7', CREATED]);
});

test('every way to print a key shows the last four characters at most', () => {
  const { value, key } = planted();
  const shown = `[ApiKey …${value.slice(-4)}]`;
  expect(String(key)).toBe(shown);
  expect(`${key as unknown as string}`).toBe(shown);
  expect((key as unknown as string) + '').toBe(shown);
  expect(JSON.parse(JSON.stringify({ key }))).toEqual({ key: shown });
  expect(inspect(key)).toBe(shown);
  expect(inspect({ nested: [key] })).toContain(shown);
});

test('a key leaks into no sink: inspect with hidden members, structuredClone, v8, console, spread', () => {
  const { value, key } = planted();
  expect(findLeaks(key, [value])).toEqual([]);
  expect(findLeaks({ ...key }, [value])).toEqual([]);
  expect(
    findLeaks(inspect(key, { showHidden: true, depth: Infinity, customInspect: false }), [value]),
  ).toEqual([]);
  expect(findLeaks(inspect(structuredClone(key), { showHidden: true }), [value])).toEqual([]);
  expect(findLeaks(serialize(key).toString('latin1'), [value])).toEqual([]);
  expect(findLeaks(Object.getOwnPropertyDescriptors(key), [value])).toEqual([]);
});

test('the leak probe is not blind: it finds the key once it is revealed', () => {
  const { value, key } = planted();
  expect(findLeaks({ header: `Bearer ${key.reveal()}` }, [value])).not.toEqual([]);
});

test('a key can not be changed', () => {
  const { key } = planted();
  expect(Object.isFrozen(key)).toBe(true);
  expect(() => Object.assign(key, { last4: 'aaaa' })).toThrow(TypeError);
});

test('a hand-written provider gets the same cleaning: blanks and a pasted scheme go, nonsense is refused', () => {
  const value = makeTestKey();
  expect(createApiKey(` Bearer ${value}\r\n`, { source: 'mine' }).reveal()).toBe(value);
  const refused = catchError(() => createApiKey(`${value} ${value}`, { source: 'mine' }));
  expect(isKeyError(refused) && refused.code).toBe('invalid_key');
  expect(findLeaks(refused, [value])).toEqual([]);
});

function catchError(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}
