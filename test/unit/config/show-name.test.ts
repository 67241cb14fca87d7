import { makeTestKey } from '@magic-hour-keys/testing';
import { expect, test } from 'vitest';
import { listNames, showName } from '../../../packages/config/src/show-name.ts';

test.each(['source', 'secretId', 'MAGIC_HOUR_API_KEY', '$schema', 'eu-west-1', 'deniedGrace', 'a/b'])(
  'the name %s is shown',
  (name) => {
    expect(showName(name)).toBe(name);
  },
);

test.each([
  ['a key', makeTestKey()],
  ['a key with something before it', `x${makeTestKey()}`],
  ['a run of letters and digits', 'x7'.repeat(16)],
  ['a long text', 'word-'.repeat(20)],
  ['several words', 'two words'],
  ['an escape sequence', '\u001b[31m'],
  ['nothing', ''],
])('%s in the place of a name is not shown', (_, name) => {
  expect(showName(name)).toBe('…');
});

test('several names are listed as one says them', () => {
  expect(listNames(['a'])).toBe('"a"');
  expect(listNames(['a', 'b', 'c'])).toBe('"a", "b" and "c"');
  expect(listNames(['a', 'b'], 'or')).toBe('"a" or "b"');
});
