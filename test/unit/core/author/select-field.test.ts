import { isKeyError, type KeyError } from '@magic-hour-keys/core';
import { selectField } from '@magic-hour-keys/core/author';
import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';

const where = { source: 'aws', location: 'prod/magic-hour' };

function outcomeOf(text: string, field: string): unknown {
  try {
    return selectField(text, field, where);
  } catch (error) {
    return error;
  }
}

function failureOf(text: string, field: string): KeyError {
  const error = outcomeOf(text, field);
  if (isKeyError(error)) return error;
  throw new Error('no KeyError was thrown');
}

test('without a field the text itself is the key, even when it is JSON', () => {
  expect(selectField('abc', undefined)).toBe('abc');
  expect(selectField('{"a":1}', undefined)).toBe('{"a":1}');
});

test('a member is found by its name, by a dotted path and by a JSON pointer', () => {
  const key = makeTestKey();
  const text = JSON.stringify({ apiKey: key, magicHour: { keys: [{ value: key }] } });
  expect(selectField(text, 'apiKey')).toBe(key);
  expect(selectField(text, '/apiKey')).toBe(key);
  expect(selectField(text, 'magicHour.keys.0.value')).toBe(key);
  expect(selectField(text, '/magicHour/keys/0/value')).toBe(key);
});

test('a member whose name has a dot is found by that name first', () => {
  expect(selectField('{"api.key":"whole","api":{"key":"path"}}', 'api.key')).toBe('whole');
  expect(selectField('{"api":{"key":"path"}}', 'api.key')).toBe('path');
});

test('a JSON pointer can name members with slashes and tildes', () => {
  expect(selectField('{"a/b":{"c~d":"found"}}', '/a~1b/c~0d')).toBe('found');
  expect(selectField('{"~1":"found"}', '/~01')).toBe('found');
});

test('a member with an empty name can be pointed at', () => {
  expect(selectField('{"":"found"}', '/')).toBe('found');
});

test('a byte order mark before the JSON does no harm', () => {
  expect(selectField('\uFEFF{"apiKey":"found"}', 'apiKey')).toBe('found');
});

test('text that is not JSON is an invalid key, and the parser that quotes it is not heard', () => {
  const key = makeTestKey();
  const error = failureOf(key, 'apiKey');
  expect(error.code).toBe('invalid_key');
  expect(error.message).toBe(
    `aws (prod/magic-hour): the stored value is not JSON (${key.length} characters), so it has no member "apiKey" ` +
      '[invalid_key]. Store a JSON object with that member; or, if the key is stored alone, leave the option `field` out.',
  );
  expect(findLeaks(error, [key])).toEqual([]);
});

test('JSON that is a string, a number or null is an invalid key', () => {
  expect(failureOf('"abc"', 'apiKey')).toMatchObject({ code: 'invalid_key' });
  expect(failureOf('"abc"', 'apiKey').message).toContain('the stored JSON is a string of 3 characters');
  expect(failureOf('12345', 'apiKey').message).toContain('the stored JSON is a number');
  expect(failureOf('null', 'apiKey').message).toContain('the stored JSON is null');
});

test('a member that is absent is not found, and the message says how far the path went', () => {
  const error = failureOf('{"magicHour":{"a":1,"b":2}}', 'magicHour.apiKey');
  expect(error.code).toBe('not_found');
  expect(error.message).toContain('has no /magicHour/apiKey: /magicHour is an object with 2 members');
  expect(error.hint).toContain('case-sensitive');
  expect(failureOf('{"apikey":"x"}', 'apiKey').message).toContain(
    'no /apiKey: it is an object with 1 member',
  );
  expect(failureOf('{"a":"text"}', 'a.b').message).toContain('no /a/b: /a is a string of 4 characters');
  expect(failureOf('[]', '0').message).toContain('no /0: it is an array of 0 items');
});

test.each([
  'constructor',
  '__proto__',
  'toString',
  'length',
  'list.length',
  'list.-1',
  'list.00',
  'list.1e0',
])('the field %s finds nothing that is not stored', (field) => {
  expect(failureOf('{"list":["a","b"]}', field).code).toBe('not_found');
});

test('a member that is not a string is an invalid key, told by its type and size alone', () => {
  const text = '{"n":42,"t":true,"z":null,"o":{"x":"secret"},"l":["secret"]}';
  expect(failureOf(text, 'n').message).toContain('has a number at /n');
  expect(failureOf(text, 't').message).toContain('has a boolean at /t');
  expect(failureOf(text, 'z').message).toContain('has null at /z');
  expect(failureOf(text, 'o').message).toContain('has an object with 1 member at /o');
  expect(failureOf(text, 'l').message).toContain('has an array of 1 item at /l');
  expect(failureOf(text, 'l').code).toBe('invalid_key');
});

test('an empty field is a wrong setting', () => {
  expect(failureOf('{"":"x"}', '')).toMatchObject({ code: 'invalid_config' });
});

test('JSON that is nested ten thousand deep is refused like any other', () => {
  const text = '{"a":'.repeat(10_000) + '1' + '}'.repeat(10_000);
  expect(failureOf(text, 'a').code).toBe('invalid_key');
});

test('whatever is stored, no error shows any of it', () => {
  const planted = makeTestKey();
  const leaf = fc.oneof(fc.constant(planted), fc.integer(), fc.boolean(), fc.constant(null));
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('a', 'b', 'apiKey', planted), tie('tree'), { maxKeys: 4 }),
    ),
  }));
  const damage = fc.constantFrom('', ',', '}', '"');
  fc.assert(
    fc.property(tree, damage, fc.constantFrom('a', 'a.b', 'b.0.a', '/apiKey'), (stored, tail, field) => {
      const outcome = outcomeOf(JSON.stringify(stored) + tail, field);
      expect(outcome === planted || (isKeyError(outcome) && findLeaks(outcome, [planted]).length === 0)).toBe(
        true,
      );
    }),
  );
});
