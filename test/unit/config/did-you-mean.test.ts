import { expect, test } from 'vitest';
import { didYouMean, editDistance } from '../../../packages/config/src/did-you-mean.ts';

test.each([
  ['regoin', 'region', 1],
  ['files', 'files', 0],
  ['', 'abc', 3],
  ['abc', '', 3],
  ['kitten', 'sitting', 3],
  ['file', 'files', 1],
])('from %j to %j it takes %d', (left, right, distance) => {
  expect(editDistance(left, right)).toBe(distance);
  expect(editDistance(right, left)).toBe(distance);
});

test('the closest of several names is offered', () => {
  expect(didYouMean('prodution', ['development', 'productions', 'production'])).toBe(
    ' Did you mean "production"?',
  );
});

test('capital letters do not matter', () => {
  expect(didYouMean('MaxStale', ['maxStale', 'fresh'])).toBe(' Did you mean "maxStale"?');
});

test('nothing is offered where nothing is close', () => {
  expect(didYouMean('vault', ['env', 'files'])).toBe('');
  expect(didYouMean('x'.repeat(100_000), ['env'])).toBe('');
});
