import { isKeyError, type KeyError } from '@magic-hour-keys/core';
import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanKeyValue } from '../../../packages/core/src/clean-key-value.ts';

const KEY = makeTestKey();
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

function refusal(raw: string | Uint8Array): KeyError {
  try {
    cleanKeyValue(raw, { source: 'env', location: '.env' });
  } catch (error) {
    if (isKeyError(error)) return error;
    throw error;
  }
  throw new Error('the value was accepted');
}

describe('what people paste around a key is removed', () => {
  test.each([
    ['nothing', KEY],
    ['a line ending', `${KEY}\n`],
    ['a Windows line ending', `${KEY}\r\n`],
    ['blanks and tabs around it', ` \t${KEY}\t `],
    ['a byte order mark', `\uFEFF${KEY}`],
    ['a byte order mark and a line ending', `\uFEFF${KEY}\n`],
    ['the header scheme', `Bearer ${KEY}`],
    ['the header scheme in lower case, with a tab', `bearer\t${KEY}\n`],
  ])('%s', (_what, raw) => {
    expect(cleanKeyValue(raw)).toBe(KEY);
    expect(cleanKeyValue(utf8(raw))).toBe(KEY);
  });
});

describe('what can not be a key is refused by kind and position, never by value', () => {
  const middle = (character: string): string => `${KEY.slice(0, 20)}${character}${KEY.slice(20)}`;
  test.each([
    ['a line break', middle('\n'), /line break at position 21/],
    ['a carriage return', middle('\r'), /line break at position 21/],
    ['a blank', middle(' '), /blank at position 21/],
    ['double quotes', `"${KEY}"`, /quote at position 1/],
    ['single quotes', `'${KEY}'`, /quote at position 1/],
    ['NUL', middle('\0'), /control character at position 21/],
    ['DEL', middle('\x7F'), /control character at position 21/],
    ['a no-break space', middle('\u00A0'), /outside of ASCII at position 21/],
    ['a zero-width space', middle('\u200B'), /outside of ASCII at position 21/],
    ['a smart quote', middle('\u201D'), /outside of ASCII at position 21/],
    ['an emoji', middle('🔑'), /outside of ASCII at position 21/],
    ['an equals sign in the middle', middle('='), /punctuation mark at position 21/],
    ['a comma', middle(','), /punctuation mark at position 21/],
    ['a JSON object', JSON.stringify({ apiKey: KEY }), /is JSON/],
    ['a JSON array', JSON.stringify([KEY]), /is JSON/],
    ['too short', KEY.slice(0, 15), /has 15 characters; a key has 16 to 512/],
    ['too long', KEY.repeat(13), /has 533 characters/],
    ['nothing', '', /empty/],
    ['only blanks', ' \t\r\n', /empty/],
  ])('%s', (_what, raw, message) => {
    const error = refusal(raw);
    expect(error.code).toBe('invalid_key');
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(/\.$/);
    expect([error.source, error.location]).toEqual(['env', '.env']);
    expect(findLeaks(error, [KEY])).toEqual([]);
  });

  test('bytes that are not UTF-8, such as a file saved as UTF-16', () => {
    for (const bytes of [Buffer.from(`\uFEFF${KEY}`, 'utf16le'), Buffer.from([0xff, 0xfe, 0xfd])]) {
      const error = refusal(new Uint8Array(bytes));
      expect(error.message).toMatch(/not UTF-8/);
      expect(error.hint).toMatch(/UTF-8/);
    }
  });
});

describe('placeholders', () => {
  test.each([
    'your_api_key_here',
    'your-api-key',
    'YOUR_MAGIC_HOUR_API_KEY',
    'changeme',
    'change-me-please-now',
    'replace_with_your_key',
    '<your key here>',
    '${MAGIC_HOUR_API_KEY}',
    '$MAGIC_HOUR_API_KEY',
    'xxxxxxxxxxxxxxxxxxxx',
    `mhk_live_${'x'.repeat(16)}`,
    'mhk_live_your_key_here',
    'example-key-example-key',
    'paste_the_key_in_here',
    '................',
  ])('%s is told as one', (raw) => {
    expect(refusal(raw).message).toMatch(/placeholder/);
  });

  test('a random key that happens to spell a word, and to have no digit, is not taken for one', () => {
    for (const word of ['your', 'paste', 'eXaMpLe', 'changeMe']) {
      const key = `mhk_test_qWeRtZuIoP${word}LkJhGfDsAyXcVbNm`;
      expect(cleanKeyValue(key)).toBe(key);
    }
  });

  test('no random key is taken for one', () => {
    const alphabet = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'];
    const body = fc.array(fc.constantFrom(...alphabet), { minLength: 24, maxLength: 48 });
    fc.assert(
      fc.property(body, (characters) => {
        const key = `mhk_test_${characters.join('')}`;
        fc.pre(/\d/.test(key) && new Set(characters).size > 1);
        expect(cleanKeyValue(key)).toBe(key);
      }),
    );
  });
});

test('what is accepted is always a RFC 6750 token, and cleaning it again changes nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (raw) => {
      let clean: string;
      try {
        clean = cleanKeyValue(raw);
      } catch (error) {
        expect(isKeyError(error) && error.code).toBe('invalid_key');
        return;
      }
      expect(clean).toMatch(/^[A-Za-z0-9._~+/-]{1,512}=*$/);
      expect(cleanKeyValue(clean)).toBe(clean);
    }),
    { numRuns: 2000 },
  );
});

test('every code unit at the start, in the middle and at the end is either removed or refused unless it is a token character', () => {
  const token = /[A-Za-z0-9._~+/=-]/;
  const surprises: string[] = [];
  for (let unit = 0; unit <= 0xffff; unit++) {
    const character = String.fromCharCode(unit);
    if (token.test(character)) continue;
    for (const raw of [character + KEY, KEY.slice(0, 9) + character + KEY.slice(9), KEY + character]) {
      let clean: string | undefined;
      try {
        clean = cleanKeyValue(raw);
      } catch {
        continue;
      }
      if (clean !== KEY) surprises.push(unit.toString(16));
    }
  }
  expect(surprises).toEqual([]);
});
