import { createApiKey } from '@magic-hour-keys/core';
import { createMemorySource, makeTestKey } from '@magic-hour-keys/testing';
import { describe, expect, test } from 'vitest';
import { createWorld, MINUTE, outcome, SECOND } from './world.ts';

describe('a rejected key', () => {
  test('is replaced by what the store has now', async () => {
    const { provider, source, types } = createWorld();
    const old = await provider.getKey();
    const next = source.rotate();
    expect(await outcome(provider.renew(old))).toBe(next);
    expect(provider.peek()?.reveal()).toBe(next);
    expect(source.reads).toEqual(['initial', 'rejected']);
    expect(types()).toEqual(['resolved', 'rejected', 'changed', 'renewed']);
  });

  test('that 200 callers report at once costs one read', async () => {
    const { provider, source } = createWorld();
    const old = await provider.getKey();
    const next = source.rotate();
    const renewed = await Promise.all(Array.from({ length: 200 }, () => outcome(provider.renew(old))));
    expect(new Set(renewed)).toEqual(new Set([next]));
    expect(source.reads).toHaveLength(2);
  });

  test('that was replaced meanwhile costs no read: the caller just gets the newer one', async () => {
    const { provider, source } = createWorld();
    const old = await provider.getKey();
    const next = source.rotate();
    await provider.renew(old);
    expect(await outcome(provider.renew(old))).toBe(next);
    expect(source.reads).toHaveLength(2);
  });

  test('is compared by value, so a key object of another copy of the package works too', async () => {
    const { provider, source } = createWorld();
    await provider.getKey();
    const twin = createApiKey(source.current, { source: 'elsewhere' });
    const next = source.rotate();
    expect(await outcome(provider.renew(twin))).toBe(next);
  });

  test('never seen here costs no read when memory holds another', async () => {
    const { provider, source } = createWorld();
    await provider.getKey();
    const stranger = createApiKey(makeTestKey(), { source: 'elsewhere' });
    expect(await outcome(provider.renew(stranger))).toBe(source.current);
    expect(source.reads).toHaveLength(1);
  });
});

describe('a store that repeats the rejected key', () => {
  test('is asked again after 5 seconds, doubling to 60: 15 reads at most in 10 minutes of 1,000 rejections a second', async () => {
    const { provider, source, clock } = createWorld();
    const dead = await provider.getKey();
    for (let second = 0; second < 600; second++) {
      for (let i = 0; i < 10; i++) {
        expect(await provider.renew(dead)).toBeUndefined();
      }
      await clock.advance(SECOND);
    }
    expect(source.reads.length - 1).toBeLessThanOrEqual(15);
    expect(source.reads.length - 1).toBeGreaterThanOrEqual(9);
  });

  test('makes nobody but the callers of renew wait: the key goes on being offered and the API decides', async () => {
    const { provider, source } = createWorld();
    const dead = await provider.getKey();
    source.hang();
    const renewal = provider.renew(dead);
    expect(provider.peek()).toBe(dead);
    expect(await provider.getKey()).toBe(dead);
    source.release();
    expect(await renewal).toBeUndefined();
    expect(provider.peek()).toBe(dead);
  });

  test('is asked again when the hold-down has ended, and the new key found then is used', async () => {
    const { provider, source, clock, events } = createWorld();
    const dead = await provider.getKey();
    expect(await provider.renew(dead)).toBeUndefined();
    const next = source.rotate();
    expect(await provider.renew(dead)).toBeUndefined();
    const renewed = events.find((event) => event.type === 'renewed');
    expect(renewed).toMatchObject({ outcome: 'same-key', holdDownMs: 5625 });
    await clock.advance(5625);
    expect(await outcome(provider.renew(dead))).toBe(next);
  });

  test('the hold-down jitters upward only', async () => {
    for (const [random, holdDownMs] of [
      [0, 5000],
      [0.999999, 6250],
    ] as const) {
      const { provider, clock, events } = createWorld();
      clock.setRandom(() => random);
      await provider.renew(await provider.getKey());
      const event = events.find(({ type }) => type === 'renewed');
      expect(Math.round((event as { holdDownMs: number }).holdDownMs)).toBe(holdDownMs);
    }
  });

  test('starts small again after a new key was adopted', async () => {
    const { provider, source, clock, events } = createWorld();
    const dead = await provider.getKey();
    for (let i = 0; i < 4; i++) {
      await provider.renew(dead);
      await clock.advance(MINUTE);
    }
    source.rotate();
    const second = await provider.renew(dead);
    expect(second).toBeDefined();
    if (second) await provider.renew(second);
    const holdDowns = events.flatMap((event) => (event.type === 'renewed' ? [event.holdDownMs] : []));
    expect(holdDowns).toEqual([5625, 11_250, 22_500, 45_000, 0, 5625]);
  });
});

describe('a store that is down during a renewal', () => {
  test('50 parallel callers all get nothing, after one read that was retried within its budget', async () => {
    const { provider, source, clock } = createWorld();
    const old = await provider.getKey();
    source.fail('unavailable');
    const pending = Promise.all(Array.from({ length: 50 }, () => outcome(provider.renew(old))));
    await clock.advance(5 * SECOND);
    expect(new Set(await pending)).toEqual(new Set([undefined]));
    expect(source.reads.length).toBe(1 + 3);
    expect(provider.peek()).toBe(old);
  });

  test('never makes renew throw', async () => {
    const { provider, source, clock } = createWorld();
    const old = await provider.getKey();
    source.fail(new TypeError('fetch failed'));
    const pending = outcome(provider.renew(old));
    await clock.advance(5 * SECOND);
    expect(await pending).toBeUndefined();
  });

  test('is asked again after the pause of any failure, and not before', async () => {
    const { provider, source, clock } = createWorld();
    const old = await provider.getKey();
    source.fail('not_found', 1);
    expect(await provider.renew(old)).toBeUndefined();
    expect(await provider.renew(old)).toBeUndefined();
    expect(source.reads).toHaveLength(2);
    await clock.advance(SECOND);
    const next = source.rotate();
    expect(await outcome(provider.renew(old))).toBe(next);
  });

  test('does not delay the first renewal of a key: a failed background read is another matter', async () => {
    const { provider, source, clock } = createWorld();
    const old = await provider.getKey();
    await clock.advance(10 * MINUTE);
    source.fail('unavailable', 1);
    provider.peek();
    await clock.settle();
    const next = source.rotate();
    expect(await outcome(provider.renew(old))).toBe(next);
  });
});

describe('reads that overlap a rejection', () => {
  test('a read begun before the rejection that brings the rejected key is ignored', async () => {
    const source = createMemorySource();
    const { provider, clock } = createWorld({}, source);
    const old = await provider.getKey();
    await clock.advance(10 * MINUTE);
    source.hang();
    provider.peek();
    const next = source.rotate();
    const renewal = provider.renew(old);
    expect(source.reads).toEqual(['initial', 'aged', 'rejected']);
    source.release();
    expect(await outcome(renewal)).toBe(next);
    await clock.settle();
    expect(provider.peek()?.reveal()).toBe(next);
  });

  test('a read begun before the rejection that brings another key is taken', async () => {
    const source = createMemorySource();
    const { provider, clock } = createWorld({}, source);
    const old = await provider.getKey();
    await clock.advance(10 * MINUTE);
    const next = source.rotate();
    source.hang();
    provider.peek();
    const releaseFirst = source.release;
    source.rollBack();
    const renewal = provider.renew(old);
    releaseFirst();
    expect(await outcome(renewal)).toBe(next);
  });

  test('a rejection during a renewal read joins it', async () => {
    const { provider, source } = createWorld();
    const old = await provider.getKey();
    const next = source.rotate();
    source.hang();
    const first = provider.renew(old);
    const second = provider.renew(old);
    source.release();
    expect([await outcome(first), await outcome(second)]).toEqual([next, next]);
    expect(source.reads).toHaveLength(2);
  });
});

describe('a barred key', () => {
  test('that a stale replica brings back does not replace the good one', async () => {
    const { provider, source, clock } = createWorld({ freshMs: SECOND });
    const first = await provider.getKey();
    const second = source.rotate();
    expect(await outcome(provider.renew(first))).toBe(second);
    source.rollBack();
    await clock.advance(2 * SECOND);
    provider.peek();
    await clock.settle();
    expect(source.reads).toHaveLength(3);
    expect(provider.peek()?.reveal()).toBe(second);
  });

  test('is taken when it is the only one there is', async () => {
    const { provider, source } = createWorld();
    const rejected = createApiKey(source.current, { source: 'an earlier process' });
    expect(await provider.renew(rejected)).toBeUndefined();
    expect(provider.peek()?.reveal()).toBe(source.current);
    expect(await outcome(provider.getKey())).toBe(source.current);
  });

  test('is one of eight remembered at most', async () => {
    const { provider, source } = createWorld();
    await provider.getKey();
    for (let i = 0; i < 100; i++) {
      await provider.renew(createApiKey(makeTestKey(), { source: 'elsewhere' }));
    }
    expect(source.reads).toHaveLength(1);
  });
});
