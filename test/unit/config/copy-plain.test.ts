import { makeTestKey } from '@magic-hour-keys/testing';
import { createContext, runInContext } from 'node:vm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { copyPlain } from '../../../packages/config/src/copy-plain.ts';
import { createProblemList } from '../../../packages/config/src/problem.ts';

function copy(input: unknown): { value: unknown; problems: Record<string, string> } {
  const problems = createProblemList();
  const value = copyPlain(input, problems);
  return {
    value,
    problems: Object.fromEntries(problems.all.map(({ pointer, message }) => [pointer, message])),
  };
}

test('JSON data comes out as it went in, frozen at every level and without prototypes', () => {
  const input = { a: [1, { b: 'c' }], d: null, e: true };
  const { value, problems } = copy(input);
  expect(problems).toEqual({});
  expect(value).toEqual(input);
  const { a } = value as { a: readonly unknown[] };
  for (const part of [value, a, a[1]]) expect(Object.isFrozen(part)).toBe(true);
  expect(Object.getPrototypeOf(value)).toBeNull();
  expect(Object.getPrototypeOf(a[1])).toBeNull();
});

test('an object of another realm, and one without a prototype, are plain too', () => {
  const foreign: unknown = runInContext('({ a: { b: [1] } })', createContext());
  expect(copy(foreign).problems).toEqual({});
  expect(copy(Object.assign(Object.create(null) as object, { a: 1 })).problems).toEqual({});
});

test('a member that is undefined counts as left out', () => {
  expect(copy({ a: undefined, b: 1 })).toEqual({ value: { b: 1 }, problems: {} });
});

test.each(['__proto__', 'constructor', 'prototype'])('the name %s is refused wherever it stands', (name) => {
  const { value, problems } = copy(JSON.parse(`{"a": [{"${name}": {"polluted": true}}]}`));
  expect(Object.keys(problems)).toEqual([`/a/0/${name}`]);
  expect(value).toEqual({ a: [{}] });
  expect(Reflect.get({}, 'polluted')).toBeUndefined();
});

test.each([
  ['a function', () => 1],
  ['a symbol', Symbol('x')],
  ['a bigint', 1n],
  ['a date', new Date(0)],
  ['a map', new Map()],
  ['bytes', new Uint8Array(2)],
  ['an object of a class', new (class Box {})()],
])('%s is no JSON data', (_, value) => {
  expect(Object.keys(copy({ a: [value] }).problems)).toEqual(['/a/0']);
});

test('a getter is refused and never run', () => {
  let runs = 0;
  const input = {
    get secret() {
      runs += 1;
      return 'x';
    },
  };
  expect(copy(input).problems).toEqual({ '/secret': 'must be data, not a getter' });
  expect(runs).toBe(0);
});

test('an object that holds itself ends at the depth, and one with many ways through it at the count', () => {
  const circle: Record<string, unknown> = {};
  circle['again'] = circle;
  expect(Object.values(copy(circle).problems)).toEqual(['is nested deeper than 32 levels']);
  const wide: unknown[] = [];
  wide.push(...Array.from({ length: 10 }, () => wide));
  expect(copy(wide).problems['']).toContain('has more than 20000 values');
});

test('a list of a billion holes is refused at once', () => {
  const list: unknown[] = [];
  list.length = 1_000_000_000;
  expect(copy({ list }).problems).toEqual({ '/list': 'has more than 20000 values' });
});

test.each([
  ['a line break', 'a\nb'],
  ['an escape sequence', '\u001b[31mred'],
  ['a turn of the direction of text', 'a\u202eb'],
  ['half of a character', 'a\ud800'],
])('text with %s is refused, because locations are printed', (_, text) => {
  expect(Object.keys(copy({ a: text }).problems)).toEqual(['/a']);
});

test('a key is refused as a value and as a name, and neither its pointer nor its message shows it', () => {
  const key = makeTestKey();
  const { value, problems } = copy({ a: [`Bearer ${key}`], b: { [key]: 1 } });
  expect(Object.keys(problems)).toEqual(['/a/0', '/b/…']);
  expect(JSON.stringify({ value, problems })).not.toContain(key);
});

test('whatever is put in, nothing changes the prototype of other objects', () => {
  const before = Reflect.ownKeys(Object.prototype).length;
  const name = fc.oneof(fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString'), fc.string());
  fc.assert(
    fc.property(fc.object({ key: name, maxDepth: 4, withNullPrototype: true }), (input) => {
      copy(input);
      expect(Reflect.ownKeys(Object.prototype)).toHaveLength(before);
    }),
  );
});
