import { makeTestKey } from '@magic-hour-keys/testing';
import { describe, expect, test } from 'vitest';
import { createWorld, DAY, HOUR, MINUTE, outcome, SECOND } from './world.ts';

describe('a fresh key', () => {
  test('costs one read, however many callers ask at once', async () => {
    const { provider, source } = createWorld();
    const keys = await Promise.all(Array.from({ length: 10_000 }, () => provider.getKey()));
    expect(new Set(keys.map((key) => key.reveal()))).toEqual(new Set([source.current]));
    expect(source.reads).toEqual(['initial']);
  });

  test('is given from memory without a read, a timer or a new promise', async () => {
    const { provider, source, clock } = createWorld();
    const key = await provider.getKey();
    expect(provider.peek()).toBe(key);
    expect(provider.getKey()).toBe(provider.getKey());
    expect(source.reads).toHaveLength(1);
    expect(clock.timers()).toEqual([]);
  });

  test('creating a provider reads nothing, and peek before the first read gives nothing', () => {
    const { provider, source } = createWorld();
    expect(provider.peek()).toBeUndefined();
    expect(source.reads).toEqual([]);
    expect(provider.name).toBe('memory');
  });

  test('stays fresh for 10 to 100 % of the period at first, so that a fleet started at once spreads', async () => {
    for (const [random, freshFor] of [
      [0, 30 * SECOND],
      [0.999999, 5 * MINUTE],
    ] as const) {
      const { provider, source, clock } = createWorld();
      clock.setRandom(() => random);
      await provider.getKey();
      await clock.advance(freshFor - SECOND);
      provider.peek();
      expect(source.reads).toHaveLength(1);
      await clock.advance(SECOND);
      provider.peek();
      expect(source.reads).toEqual(['initial', 'aged']);
    }
  });

  test('stays fresh for the period ±20 % later on', async () => {
    for (const [random, freshFor] of [
      [0, 4 * MINUTE],
      [0.999999, 6 * MINUTE],
    ] as const) {
      const { provider, source, clock } = createWorld();
      clock.setRandom(() => random);
      await provider.getKey();
      await clock.advance(10 * MINUTE);
      provider.peek();
      await clock.settle();
      expect(source.reads).toHaveLength(2);
      await clock.advance(freshFor - SECOND);
      provider.peek();
      expect(source.reads).toHaveLength(2);
      await clock.advance(SECOND);
      provider.peek();
      expect(source.reads).toHaveLength(3);
    }
  });
});

describe('an aged key', () => {
  test('is served at once while one background read renews it', async () => {
    const { provider, source, clock } = createWorld();
    const old = source.current;
    await provider.getKey();
    const next = source.rotate();
    source.hang();
    await clock.advance(10 * MINUTE);
    const answers = await Promise.all([1, 2, 3].map(() => outcome(provider.getKey())));
    expect(answers).toEqual([old, old, old]);
    expect(provider.peek()?.reveal()).toBe(old);
    expect(source.reads).toEqual(['initial', 'aged']);
    source.release();
    await clock.settle();
    expect(provider.peek()?.reveal()).toBe(next);
    expect(source.reads).toHaveLength(2);
  });

  test('keeps no timer that holds the process while its background read runs', async () => {
    const { provider, source, clock } = createWorld();
    await provider.getKey();
    await clock.advance(10 * MINUTE);
    source.hang();
    provider.peek();
    expect(clock.timers().map((timer) => timer.keepAlive)).toEqual([false]);
  });

  test('is not served after 30 hours of silence: the caller waits for a read', async () => {
    const { provider, source, clock } = createWorld();
    await provider.getKey();
    const next = source.rotate();
    await clock.advance(30 * HOUR);
    expect(provider.peek()).toBeUndefined();
    expect(await outcome(provider.getKey())).toBe(next);
    expect(source.reads).toEqual(['initial', 'aged']);
  });

  test('that the store confirms again keeps its object, so that a header built from it stays valid', async () => {
    const { provider, clock, types } = createWorld();
    const key = await provider.getKey();
    await clock.advance(10 * MINUTE);
    provider.peek();
    await clock.settle();
    expect(provider.peek()).toBe(key);
    expect(types()).toEqual(['resolved', 'refreshed']);
  });
});

describe('time', () => {
  test('a wall clock set back does not make a key young again', async () => {
    const { provider, source, clock } = createWorld();
    await provider.getKey();
    clock.jumpWall(-10 * DAY);
    await clock.advance(10 * MINUTE);
    provider.peek();
    expect(source.reads).toHaveLength(2);
  });

  test('a machine that slept asks the store before it uses a key older than maxStale', async () => {
    const { provider, source, clock } = createWorld({ maxStaleMs: HOUR });
    await provider.getKey();
    const next = source.rotate();
    clock.sleep(8 * HOUR);
    expect(await outcome(provider.getKey())).toBe(next);
    expect(source.reads).toHaveLength(2);
  });

  test('a wall clock that jumps ahead costs one read at most', async () => {
    const { provider, source, clock } = createWorld();
    await provider.getKey();
    clock.jumpWall(HOUR);
    for (let i = 0; i < 50; i++) {
      provider.peek();
      await clock.advance(SECOND);
    }
    expect(source.reads).toHaveLength(2);
  });

  test('maxStale 0 reads for every caller, and still answers', async () => {
    const { provider, source, clock } = createWorld({ maxStaleMs: 0 });
    expect(await outcome(provider.getKey())).toBe(source.current);
    await clock.advance(1);
    expect(await outcome(provider.getKey())).toBe(source.current);
    expect(source.reads).toHaveLength(2);
  });
});

describe('dates of the secret', () => {
  const expiring = (lifeMs: number, world = createWorld()) => {
    const value = makeTestKey();
    const expiresAt = new Date(world.clock.wallMs() + lifeMs);
    world.source.read = async () => ({ value, expiresAt });
    return { ...world, value };
  };

  test('a key is renewed in the background before it expires, so that nobody waits at expiry', async () => {
    const { provider, source, clock } = expiring(MINUTE);
    await provider.getKey();
    let reads = 0;
    const next = makeTestKey();
    source.read = async () => {
      reads += 1;
      return { value: next, expiresAt: new Date(clock.wallMs() + HOUR) };
    };
    await clock.advance(50 * SECOND);
    expect(provider.peek()).toBeDefined();
    await clock.settle();
    expect(reads).toBe(1);
    expect(provider.peek()?.reveal()).toBe(next);
  });

  test('a key is not used after its expiry: it is disabled', async () => {
    const { provider, clock } = expiring(MINUTE);
    await provider.getKey();
    await clock.advance(MINUTE);
    expect(provider.peek()).toBeUndefined();
    expect(await outcome(provider.getKey())).toBe('disabled');
  });

  test('a key that is not in force yet neither replaces nor stops one that works, and is taken when it is', async () => {
    const { provider, source, clock } = createWorld();
    const key = await provider.getKey();
    const notBefore = new Date(clock.wallMs() + HOUR);
    const next = makeTestKey();
    let reads = 0;
    source.read = async () => {
      reads += 1;
      return { value: next, notBefore };
    };
    for (let minutes = 10; minutes < 60; minutes += 10) {
      await clock.advance(10 * MINUTE);
      expect(provider.peek()).toBe(key);
      await clock.settle();
    }
    expect(reads).toBe(5);
    await clock.advance(10 * MINUTE);
    provider.peek();
    await clock.settle();
    expect(provider.peek()?.reveal()).toBe(next);
  });

  test('at a cold start a key that is not in force yet is disabled, and asked for again when it may be', async () => {
    const { provider, source, clock } = createWorld();
    source.read = async () => ({ value: makeTestKey(), notBefore: new Date(clock.wallMs() + 30 * SECOND) });
    expect(await outcome(provider.getKey())).toBe('disabled');
    expect(provider.health().nextAttemptInMs).toBe(30 * SECOND);
  });

  test('an invalid date is taken for no date', async () => {
    const { provider, source } = createWorld();
    const never = new Date(Number.NaN);
    const dates = { createdAt: never, notBefore: never, expiresAt: never };
    source.read = async () => ({ value: makeTestKey(), ...dates });
    const key = await provider.getKey();
    expect(key.createdAt).toBeUndefined();
    expect(provider.peek()).toBe(key);
    expect(provider.health()).toMatchObject({ state: 'fresh', survivesOutageMs: DAY });
  });
});
