import { makeTestKey } from '@magic-hour-keys/testing';
import { describe, expect, test } from 'vitest';
import { createWorld, MINUTE, SECOND } from '../world.ts';

// What random runs meet too seldom to be relied upon.

describe('an older version', () => {
  test('seen twice with the newer one in between is two strays, not a purpose', async () => {
    const older = { value: makeTestKey(), sequence: 1 };
    const newer = { value: makeTestKey(), sequence: 2 };
    const { provider, source, clock } = createWorld();
    const answers = [newer, older, newer, older, newer, older, older];
    source.read = async () => answers.shift() ?? older;
    await provider.getKey();
    while (answers.length > 0) {
      expect(provider.peek()?.reveal()).toBe(newer.value);
      await clock.advance(10 * MINUTE);
      provider.peek();
      await clock.settle();
    }
    expect(provider.peek()?.reveal()).toBe(older.value);
  });
});

describe('the pause after a failure', () => {
  test.each([
    [0, 500, 1000, 2000],
    [0.5, 750, 1500, 3000],
    [0.999_999, 1000, 2000, 4000],
  ])('is half jitter: at %d it is %d, %d and %d ms', async (random, ...pauses) => {
    const { provider, source, clock, events } = createWorld();
    clock.setRandom(() => random);
    await provider.getKey();
    await clock.advance(10 * MINUTE);
    source.fail('unauthenticated');
    for (const pauseMs of pauses) {
      provider.peek();
      await clock.settle();
      expect(Math.round(provider.health().nextAttemptInMs)).toBe(pauseMs);
      await clock.advance(pauseMs);
    }
    expect(events.filter(({ type }) => type === 'failed')).toHaveLength(pauses.length);
  });

  test('is 60 seconds at most', async () => {
    const { provider, source, clock } = createWorld();
    clock.setRandom(() => 0.999_999);
    await provider.getKey();
    source.fail('unauthenticated');
    await clock.advance(10 * MINUTE);
    let longestMs = 0;
    for (let i = 0; i < 12; i++) {
      provider.peek();
      await clock.settle();
      longestMs = Math.max(longestMs, provider.health().nextAttemptInMs);
      await clock.advance(longestMs);
    }
    expect(Math.round(longestMs)).toBe(60 * SECOND);
  });
});
