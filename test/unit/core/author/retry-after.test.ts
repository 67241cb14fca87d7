import { parseRetryAfter } from '@magic-hour-keys/core/author';
import * as fc from 'fast-check';
import { expect, test, vi } from 'vitest';

const DAY_MS = 24 * 60 * 60 * 1000;
const NOW = Date.UTC(1994, 10, 6, 8, 49, 7);

test.each([
  ['0', 0],
  ['120', 120_000],
  [' 7 ', 7000],
  ['0.5', 500],
])('the header "%s" asks to wait that many seconds', (header, ms) => {
  expect(parseRetryAfter(header, NOW)).toBe(ms);
});

test.each(['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'])(
  'the date "%s" is 30 seconds away, in whatever time zone we are',
  (header) => {
    vi.stubEnv('TZ', 'America/New_York');
    expect(parseRetryAfter(header, NOW)).toBe(30_000);
  },
);

test('a date in the past means now', () => {
  expect(parseRetryAfter('Sun, 06 Nov 1994 08:49:00 GMT', NOW)).toBe(0);
});

test('nobody is made to wait for more than a day', () => {
  expect(parseRetryAfter('999999999999', NOW)).toBe(DAY_MS);
  expect(parseRetryAfter('9'.repeat(400), NOW)).toBe(DAY_MS);
  expect(parseRetryAfter('Fri, 31 Dec 9999 23:59:59 GMT', NOW)).toBe(DAY_MS);
});

test.each([
  '',
  '-5',
  '+5',
  '1e309',
  'Infinity',
  'NaN',
  'soon',
  '1 2',
  '5s',
  '0x10',
  'Sun, 99 Nov 1994 99:99:99 GMT',
])('the header "%s" says nothing', (header) => {
  expect(parseRetryAfter(header, NOW)).toBeUndefined();
});

test('no header says nothing', () => {
  expect(parseRetryAfter(undefined, NOW)).toBeUndefined();
  expect(parseRetryAfter(null, NOW)).toBeUndefined();
});

test('whatever the header, the answer is undefined or between nothing and a day', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.integer().map(String), fc.double().map(String), fc.date().map(dateText)),
      (header) => {
        const ms = parseRetryAfter(header, NOW);
        expect(ms === undefined || (Number.isInteger(ms) && ms >= 0 && ms <= DAY_MS)).toBe(true);
      },
    ),
  );
});

function dateText(date: Date): string {
  return date.toUTCString();
}
