import { createKeyProvider, isKeyError, KeyError, toKeyFunction } from '@magic-hour-keys/core';
import { createMemorySource, makeTestKey, staticKey } from '@magic-hour-keys/testing';
import { describe, expect, test } from 'vitest';
import { createWorld, DAY, HOUR, MINUTE, outcome, SECOND } from './world.ts';

describe('close', () => {
  test('settles every waiter, aborts the read, and leaves no timer', async () => {
    const { provider, source, clock } = createWorld();
    const old = await provider.getKey();
    provider.invalidate();
    source.hang();
    const waiters = [outcome(provider.getKey()), outcome(provider.getKey())];
    const renewal = outcome(provider.renew(old));
    await provider.close();
    expect(await Promise.all(waiters)).toEqual(['closed', 'closed']);
    expect(await renewal).toBeUndefined();
    await clock.settle();
    expect(source.inFlight).toBe(0);
    expect(source.closed).toBe(true);
    expect(clock.timers()).toEqual([]);
  });

  test('can be called twice, and is what `await using` calls', async () => {
    const { provider } = createWorld();
    expect(provider.close()).toBe(provider.close());
    await provider[Symbol.asyncDispose]();
    expect(await outcome(provider.getKey())).toBe('closed');
  });

  test('ends everything that the provider offers', async () => {
    const { provider, source } = createWorld();
    const key = await provider.getKey();
    await provider.close();
    expect(provider.peek()).toBeUndefined();
    expect(await provider.renew(key)).toBeUndefined();
    provider.invalidate();
    expect(source.reads).toHaveLength(1);
  });

  test('is bounded when the source never closes', async () => {
    const close = (): Promise<never> => new Promise(() => undefined);
    const source = Object.assign(createMemorySource(), { close });
    const { provider, clock } = createWorld({}, source);
    let over = false;
    const closing = provider.close().then(() => (over = true));
    await clock.settle();
    expect(over).toBe(false);
    await clock.advance(SECOND);
    await closing;
    expect(over).toBe(true);
    expect(clock.timers()).toEqual([]);
  });

  test('survives a source whose close throws', async () => {
    const close = (): never => {
      throw new Error('close failed');
    };
    const { provider } = createWorld({}, Object.assign(createMemorySource(), { close }));
    await expect(provider.close()).resolves.toBeUndefined();
  });
});

describe('invalidate', () => {
  test('makes peek give nothing and the next caller wait for one new read', async () => {
    const { provider, source } = createWorld();
    await provider.getKey();
    const next = source.rotate();
    provider.invalidate('the operator said so');
    expect(provider.peek()).toBeUndefined();
    expect(provider.health().state).toBe('stale');
    const answers = await Promise.all([1, 2, 3].map(() => outcome(provider.getKey())));
    expect(answers).toEqual([next, next, next]);
    expect(source.reads).toEqual(['initial', 'invalidated']);
  });

  test('serves the old key again when that read fails', async () => {
    const { provider, source } = createWorld();
    const old = await provider.getKey();
    source.fail('access_denied');
    provider.invalidate();
    expect(await provider.getKey()).toBe(old);
    expect(provider.peek()).toBe(old);
  });

  test('wants a read that began after it', async () => {
    const { provider, source, clock } = createWorld();
    await provider.getKey();
    await clock.advance(10 * MINUTE);
    source.hang();
    provider.peek();
    const next = source.rotate();
    provider.invalidate();
    const pending = outcome(provider.getKey());
    source.release();
    expect(await pending).toBe(next);
  });

  test('in a loop makes one read after the other, never a flood', async () => {
    const { provider, source } = createWorld();
    await provider.getKey();
    source.hang();
    const pending = Array.from({ length: 100 }, () => {
      provider.invalidate();
      return outcome(provider.getKey());
    });
    expect(source.inFlight).toBe(1);
    source.release();
    await Promise.all(pending);
    expect(source.reads.length).toBeLessThanOrEqual(3);
  });
});

describe('health', () => {
  test('tells the state, the key by its last four, and how long an outage could last', async () => {
    const { provider, source, clock } = createWorld();
    expect(provider.health()).toEqual({
      state: 'empty',
      source: 'memory',
      location: source.location,
      nextAttemptInMs: 0,
      survivesOutageMs: 0,
    });
    await provider.getKey();
    expect(provider.health()).toMatchObject({
      state: 'fresh',
      last4: source.current.slice(-4),
      version: 'v1',
      ageMs: 0,
      survivesOutageMs: DAY,
    });
    await clock.advance(HOUR);
    expect(provider.health()).toMatchObject({ state: 'aged', ageMs: HOUR, survivesOutageMs: 23 * HOUR });
    source.fail('throttled');
    provider.peek();
    await clock.settle();
    expect(provider.health()).toMatchObject({
      state: 'failing',
      lastErrorCode: 'throttled',
      nextAttemptInMs: 750,
    });
    await clock.advance(24 * HOUR);
    expect(provider.health()).toMatchObject({ state: 'stale', survivesOutageMs: 0 });
  });

  test('makes no read', async () => {
    const { provider, source, clock } = createWorld();
    await provider.getKey();
    await clock.advance(HOUR);
    provider.health();
    expect(source.reads).toHaveLength(1);
  });
});

describe('the policy', () => {
  test.each([
    { freshMs: -1 },
    { maxStaleMs: Number.NaN },
    { deadlineMs: 0 },
    { attemptMs: '3s' as unknown as number },
    { watch: 'yes' as unknown as boolean },
  ])('%j is refused when the provider is made', (policy) => {
    let error: unknown;
    try {
      createKeyProvider(createMemorySource(), policy);
    } catch (thrown) {
      error = thrown;
    }
    expect(isKeyError(error) && error.code).toBe('invalid_config');
    expect(String(error)).toContain(Object.keys(policy)[0]);
  });
});

describe('small pieces', () => {
  test('staticKey gives a constant key, or a constant error', async () => {
    const value = makeTestKey();
    expect(await outcome(createKeyProvider(staticKey(value)).getKey())).toBe(value);
    const error = new KeyError({ code: 'access_denied' });
    await expect(createKeyProvider(staticKey(error)).getKey()).rejects.toBe(error);
  });

  test('toKeyFunction gives the key as text, for SDKs that take a function', async () => {
    const { provider, source } = createWorld();
    expect(await toKeyFunction(provider)()).toBe(source.current);
  });
});
