import { codeFromStatus } from '@magic-hour-keys/core/author';
import { expect, test } from 'vitest';

test.each([
  [401, 'unauthenticated'],
  [403, 'access_denied'],
  [404, 'not_found'],
  [408, 'timeout'],
  [410, 'disabled'],
  [429, 'throttled'],
  [500, 'unavailable'],
  [503, 'unavailable'],
  [599, 'unavailable'],
])('a store that answers %i means %s', (status, code) => {
  expect(codeFromStatus(status)).toBe(code);
});

test.each([undefined, 0, 200, 301, 400, 402, 418, 600, Number.NaN, -1])(
  'a status of %s has no meaning of its own',
  (status) => {
    expect(codeFromStatus(status)).toBe('unknown');
  },
);
