import { createMemorySource } from '@magic-hour-keys/testing';
import { describe, expect, test } from 'vitest';
import { createWorld, MINUTE, outcome, SECOND, type World } from '../world.ts';

// What random runs meet too seldom to be relied upon.

async function refresh({ provider, clock }: World): Promise<void> {
  await clock.advance(10 * MINUTE);
  provider.peek();
  await clock.settle();
}

describe('an older version', () => {
  test('seen twice with the newer one in between is two strays, not a purpose', async () => {
    const source = createMemorySource({ sequenced: true });
    const world = createWorld({}, source);
    const older = source.current;
    const newer = source.rotate();
    expect(await outcome(world.provider.getKey())).toBe(newer);
    for (let i = 0; i < 3; i++) {
      source.rollBack();
      // oxlint-disable-next-line no-await-in-loop
      await refresh(world);
      expect(world.provider.peek()?.reveal()).toBe(newer);
      source.rotate(newer);
      // oxlint-disable-next-line no-await-in-loop
      await refresh(world);
      source.rollBack();
      expect(source.current).toBe(older);
      source.rotate(newer);
    }
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
      // oxlint-disable-next-line no-await-in-loop
      await clock.settle();
      expect(Math.round(provider.health().nextAttemptInMs)).toBe(pauseMs);
      // oxlint-disable-next-line no-await-in-loop
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
      // oxlint-disable-next-line no-await-in-loop
      await clock.settle();
      longestMs = Math.max(longestMs, provider.health().nextAttemptInMs);
      // oxlint-disable-next-line no-await-in-loop
      await clock.advance(longestMs);
    }
    expect(Math.round(longestMs)).toBe(60 * SECOND);
  });
});
