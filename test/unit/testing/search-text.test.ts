import { inspect } from 'node:util';
import { makeTestKey, searchText } from '@magic-hour-keys/testing';
import type { LeakEncoding } from '@magic-hour-keys/testing';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const anyKey = fc
  .array(fc.constantFrom(...LETTERS.split('')), { minLength: 32, maxLength: 32 })
  .map((letters) => `mhk_test_${letters.join('')}`);
const anyBytes = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes));

function encodingsIn(text: string, ...secrets: string[]): LeakEncoding[] {
  return searchText(text, secrets).map(({ encoding }) => encoding);
}

function inLines(text: string): string {
  return text.replace(/.{8}/g, '$&\r\n');
}

function percentEncodeAll(text: string): string {
  return [...Buffer.from(text)].map((byte) => `%${byte.toString(16)}`).join('');
}

describe('a secret is found', () => {
  const key = makeTestKey();
  const bytes = Buffer.from(key);
  const awkward = `line one\nsays "ünï" & costs 100%+ /path ${makeTestKey()}`;

  it.each<[string, LeakEncoding, string, string]>([
    ['as it is', 'raw', key, `Authorization: Bearer ${key}`],
    ['in base64', 'base64', key, `Basic ${bytes.toString('base64')}`],
    ['in base64 after one other byte', 'base64', key, Buffer.from(`:${key}`).toString('base64')],
    ['in base64 after two other bytes', 'base64', key, Buffer.from(`u:${key}:v`).toString('base64')],
    ['in base64 that is broken into lines', 'base64', key, inLines(bytes.toString('base64'))],
    ['in base64 of lines within JSON', 'base64', key, JSON.stringify(inLines(bytes.toString('base64')))],
    ['in base64url', 'base64url', '>>>???~~~>>>???', Buffer.from('>>>???~~~>>>???').toString('base64url')],
    ['in hex', 'hex', key, bytes.toString('hex')],
    ['in upper-case hex', 'hex', 'jklmno-jklmno', Buffer.from('jklmno-jklmno').toString('hex').toUpperCase()],
    ['in the hex of an inspected Buffer', 'hex', key, inspect(bytes)],
    ['in hex escapes', 'hex', key, bytes.toString('hex').replace(/../g, String.raw`\x$&`)],
    ['in unicode escapes', 'hex', key, bytes.toString('hex').replace(/../g, String.raw`\u00$&`)],
    ['in a list of hex numbers', 'hex', key, [...bytes].map((byte) => `0x${byte.toString(16)}`).join(', ')],
    ['in percent codes throughout', 'hex', key, percentEncodeAll(key)],
    ['in the numbers of an inspected Uint8Array', 'decimal', key, inspect(new Uint8Array(bytes))],
    ['in the JSON of a Buffer', 'decimal', key, JSON.stringify(bytes)],
    ['in the JSON of a Uint8Array', 'decimal', key, JSON.stringify(new Uint8Array(bytes))],
    ['in a URL', 'percent', awkward, new URL(`https://x/?q=${encodeURIComponent(awkward)}`).href],
    [
      'in a URL with small codes',
      'percent',
      awkward,
      encodeURIComponent(awkward).replace(/%../g, (code) => code.toLowerCase()),
    ],
    ['in a form', 'percent', awkward, new URLSearchParams({ q: awkward }).toString()],
    ['in JSON', 'escaped', awkward, JSON.stringify({ text: awkward })],
    ['in JSON within JSON', 'escaped', awkward, JSON.stringify(JSON.stringify({ text: awkward }))],
    [
      'in an inspected object',
      'escaped',
      'one line\nand another',
      inspect({ text: 'one line\nand another' }),
    ],
  ])('%s', (_, encoding, secret, text) => {
    expect(encodingsIn(`before ${text} after`, secret)).toContain(encoding);
  });

  it('by any 10 characters of it, wherever they stand', () => {
    fc.assert(
      fc.property(anyKey, fc.nat(22), fc.string(), fc.string(), (secret, at, before, after) => {
        const start = 'mhk_test_'.length + at;
        const text = before + secret.slice(start, start + 10) + after;
        expect(encodingsIn(text, secret).includes('fragment')).toBe(true);
      }),
    );
  });

  it('by any 14 characters of it in base64, base64url or hex, among any other bytes', () => {
    const encoding = fc.constantFrom('base64', 'base64url', 'hex');
    fc.assert(
      fc.property(anyKey, fc.nat(18), anyBytes, anyBytes, encoding, (secret, at, before, after, how) => {
        const start = 'mhk_test_'.length + at;
        const piece = Buffer.from(secret.slice(start, start + 14));
        const text = Buffer.concat([before, piece, after]).toString(how);
        expect(searchText(text, [secret]).length).toBeGreaterThan(0);
      }),
    );
  });
});

describe('nothing is found', () => {
  it('in text that has nothing of the secret', () => {
    fc.assert(
      fc.property(anyKey, anyKey, anyBytes, (secret, other, bytes) => {
        fc.pre(secret !== other);
        const texts = [other, Buffer.from(other).toString('base64'), bytes.toString('hex'), inspect(bytes)];
        expect(encodingsIn(texts.join('\n'), secret)).toEqual([]);
      }),
    );
  });

  it('in the last four characters, the public prefix and the redacted form', () => {
    const key = makeTestKey();
    expect(encodingsIn(`mhk_test_ [ApiKey …${key.slice(-4)}]`, key)).toEqual([]);
  });

  it('in nine characters of it', () => {
    const key = makeTestKey();
    expect(encodingsIn(key.slice(-9), key)).toEqual([]);
  });

  it('in a text shorter than every secret', () => {
    expect(encodingsIn('', makeTestKey())).toEqual([]);
  });
});

describe('a report', () => {
  it('tells where in the text and which secret', () => {
    const [one, other] = [makeTestKey(), makeTestKey()];
    expect(searchText(`12345 ${other} ${one}`, [one, other])).toEqual([
      { encoding: 'raw', at: 6 + other.length + 1, secretIndex: 0 },
      { encoding: 'raw', at: 6, secretIndex: 1 },
    ]);
  });

  it('tells the place in the text itself when blanks were in the way', () => {
    const key = makeTestKey();
    const hidden = Buffer.from(key.slice('mhk_test_'.length));
    const prefix = 'zz zz  zz ';
    expect(searchText(prefix + inspect(hidden), [key])).toEqual([
      { encoding: 'hex', at: prefix.length + '<Buffer '.length, secretIndex: 0 },
    ]);
    const numbers = `Uint8Array(32) [\n  ${hidden.join(',\n  ')}\n]`;
    expect(searchText(prefix + numbers, [key])).toEqual([
      { encoding: 'decimal', at: prefix.length + 'Uint8Array(32) [\n  '.length, secretIndex: 0 },
    ]);
  });

  it('names each encoding once, and fragments only when the secret is not there whole', () => {
    const key = makeTestKey();
    const hex = Buffer.from(key).toString('hex');
    expect(encodingsIn(`${key} ${hex} ${key} ${hex}`, key)).toEqual(['raw', 'hex']);
    expect(encodingsIn(`${key.slice(9, 30)} ${key.slice(9, 30)}`, key)).toEqual(['fragment']);
  });

  it('never holds the secret', () => {
    const key = makeTestKey();
    const report = JSON.stringify(searchText(`${key} ${Buffer.from(key).toString('base64')}`, [key]));
    expect(report.length).toBeGreaterThan(10);
    expect(searchText(report, [key])).toEqual([]);
  });
});

describe('short secrets', () => {
  it('are looked for whole', () => {
    expect(encodingsIn('the pin is 4711.', '4711')).toEqual(['raw']);
    expect(encodingsIn('the pin is 471.', '4711')).toEqual([]);
  });

  it('of a key with a short random part are not confused with the prefix of another', () => {
    expect(encodingsIn('mhk_test_', 'mhk_test_abc')).toEqual([]);
    expect(encodingsIn('abc', 'mhk_test_abc')).toEqual([]);
    expect(encodingsIn('x mhk_test_abc', 'mhk_test_abc')).toEqual(['raw']);
  });
});

it('survives a secret with half of a surrogate pair', () => {
  const secret = 'half \ud800 of an emoji';
  expect(encodingsIn(`it is ${secret}`, secret)).toContain('raw');
});

it('refuses to look for nothing, which would prove nothing', () => {
  expect(() => searchText('text', [])).toThrow(TypeError);
  expect(() => searchText('text', ['fine', ''])).toThrow(TypeError);
});
