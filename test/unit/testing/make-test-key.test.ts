import { createApiKey } from '@magic-hour-keys/core';
import { makeTestKey } from '@magic-hour-keys/testing';
import { expect, it } from 'vitest';

it('looks like a key: the test prefix and 32 letters and digits', () => {
  expect(makeTestKey()).toMatch(/^mhk_test_[A-Za-z0-9]{32}$/);
});

it('is another one each time', () => {
  const keys = Array.from({ length: 1000 }, makeTestKey);
  expect(new Set(keys).size).toBe(1000);
});

it('uses every letter and digit', () => {
  const text = Array.from({ length: 1000 }, () => makeTestKey().slice('mhk_test_'.length)).join('');
  expect(new Set(text).size).toBe(62);
});

it('is accepted by core as a key', () => {
  const value = makeTestKey();
  expect(createApiKey(value, { source: 'test' }).reveal() === value).toBe(true);
});
