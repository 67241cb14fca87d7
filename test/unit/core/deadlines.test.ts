import { AsyncLocalStorage } from 'node:async_hooks';
import { createKeyProvider } from '@magic-hour-keys/core';
import { createManualClock, createMemorySource, makeTestKey } from '@magic-hour-keys/testing';
import { describe, expect, test } from 'vitest';
import { createWorld, MINUTE, outcome, SECOND, sourceOf } from './world.ts';

describe('the deadline', () => {
  test('ends a read whose source ignores its signal', async () => {
    const { provider, source, clock } = createWorld({}, createMemorySource({ ignoreSignal: true }));
    source.hang();
    const pending = outcome(provider.getKey());
    await clock.advance(9999);
    expect(source.inFlight).toBe(1);
    await clock.advance(1);
    expect(await pending).toBe('timeout');
    expect(clock.timers()).toEqual([]);
  });

  test('leaves the whole of it to the first read, which may have an SDK to load', async () => {
    const { provider, source, clock } = createWorld();
    source.delay(9 * SECOND, clock.runtime);
    const pending = outcome(provider.getKey());
    await clock.advance(9 * SECOND);
    expect(await pending).toBe(source.current);
  });

  test('is split into attempts of 3 seconds later on', async () => {
    const { provider, source, clock } = createWorld();
    await provider.getKey();
    provider.invalidate();
    source.hang();
    const pending = outcome(provider.getKey());
    await clock.advance(3 * SECOND);
    expect(source.aborted).toBe(1);
    await clock.advance(7 * SECOND);
    // The old key is served again: rule 3.
    expect(await pending).toBe(source.current);
    expect(source.reads).toHaveLength(4);
    expect(source.inFlight).toBe(0);
  });

  test('aborts the signal of an attempt that took too long', async () => {
    const { provider, source, clock } = createWorld();
    source.hang();
    const pending = outcome(provider.getKey());
    await clock.advance(10 * SECOND);
    expect(await pending).toBe('timeout');
    expect(source.aborted).toBe(1);
  });

  test('is kept by the monotonic clock: a jump of the wall clock ends nothing', async () => {
    const { provider, source, clock } = createWorld();
    source.hang();
    const pending = outcome(provider.getKey());
    clock.jumpWall(60 * MINUTE);
    await clock.advance(SECOND);
    source.release();
    expect(await pending).toBe(source.current);
  });

  test('a rejection that comes after it is observed', async () => {
    let reject: (reason: Error) => void = () => undefined;
    const clock = createManualClock();
    const read = (): Promise<never> => new Promise((_resolve, fail) => (reject = fail));
    const provider = createKeyProvider(sourceOf({ read }), { runtime: clock.runtime });
    const pending = outcome(provider.getKey());
    await clock.advance(10 * SECOND);
    expect(await pending).toBe('timeout');
    reject(new Error('too late'));
    await clock.settle();
  });

  test('a source that throws instead of rejecting is no different', async () => {
    const clock = createManualClock();
    const read = (): never => {
      throw new TypeError('synchronous');
    };
    const provider = createKeyProvider(sourceOf({ read }), { runtime: clock.runtime });
    const pending = outcome(provider.getKey());
    await clock.advance(10 * SECOND);
    expect(await pending).toBe('unknown');
  });

  test.each([undefined, null, {}, { value: 42 }, { value: null }])(
    'a source that gives %j is told',
    async (reading) => {
      const clock = createManualClock();
      const provider = createKeyProvider(sourceOf({ read: async () => reading as never }), {
        runtime: clock.runtime,
      });
      expect(await outcome(provider.getKey())).toBe('invalid_key');
    },
  );
});

describe('retries inside a read', () => {
  test('are made only while somebody waits', async () => {
    const { provider, source, clock } = createWorld();
    await provider.getKey();
    source.fail('unavailable');
    await clock.advance(10 * MINUTE);
    provider.peek();
    await clock.advance(400);
    expect(source.reads).toHaveLength(2);
  });

  test.each(['timeout', 'unavailable', 'throttled', 'unknown'] as const)(
    'are made after %s',
    async (code) => {
      const { provider, source, clock } = createWorld();
      source.fail(code, 2);
      const pending = outcome(provider.getKey());
      await clock.advance(2 * SECOND);
      expect(await pending).toBe(source.current);
      expect(source.reads).toEqual(['initial', 'initial', 'initial']);
    },
  );

  test.each([
    'not_found',
    'access_denied',
    'unauthenticated',
    'invalid_key',
    'invalid_config',
    'disabled',
  ] as const)('are not made after %s', async (code) => {
    const { provider, source } = createWorld();
    source.fail(code, 1);
    expect(await outcome(provider.getKey())).toBe(code);
    expect(source.reads).toHaveLength(1);
  });

  test('are 10 and a tenth of the successes at most', async () => {
    const { provider, source, clock } = createWorld();
    source.fail('unavailable');
    let reads = 0;
    for (let i = 0; i < 100; i++) {
      provider.invalidate();
      const pending = outcome(provider.getKey());
      await clock.advance(2 * SECOND);
      await pending;
      reads += 1;
    }
    expect(source.reads.length - reads).toBe(10);
  });
});

test('after a stalled event loop no attempt begins behind the deadline', async () => {
  const { provider, source, clock } = createWorld();
  source.fail('unavailable');
  const pending = outcome(provider.getKey());
  await clock.settle();
  await clock.stall(10 * SECOND);
  expect(await pending).toBe('unavailable');
  expect(source.reads).toHaveLength(1);
});

describe('a caller that gives up', () => {
  test('gets its own reason and disturbs nobody; the read runs on and fills the cache', async () => {
    const { provider, source, clock } = createWorld();
    source.hang();
    const controller = new AbortController();
    const reason = new Error('the user left');
    const left = provider.getKey({ signal: controller.signal }).catch((error: unknown) => error);
    const stayed = outcome(provider.getKey());
    controller.abort(reason);
    expect(await left).toBe(reason);
    expect(source.aborted).toBe(0);
    source.release();
    expect(await stayed).toBe(source.current);
    await clock.settle();
    expect(provider.peek()).toBeDefined();
    expect(source.reads).toHaveLength(1);
  });

  test('before it asks causes no read', async () => {
    const { provider, source } = createWorld();
    const signal = AbortSignal.abort(new Error('early'));
    await expect(provider.getKey({ signal })).rejects.toThrow('early');
    expect(source.reads).toEqual([]);
    const key = await provider.getKey();
    await expect(provider.renew(key, { signal })).rejects.toThrow('early');
    expect(source.reads).toHaveLength(1);
  });

  test('from a renewal does not end it for the others', async () => {
    const { provider, source } = createWorld();
    const old = await provider.getKey();
    const next = source.rotate();
    source.hang();
    const controller = new AbortController();
    const left = provider.renew(old, { signal: controller.signal }).catch((error: unknown) => error);
    const stayed = outcome(provider.renew(old));
    controller.abort('gone');
    expect(await left).toBe('gone');
    source.release();
    expect(await stayed).toBe(next);
  });

  test("takes its timer's claim on the process with it", async () => {
    const { provider, source, clock } = createWorld();
    source.hang();
    const controller = new AbortController();
    const left = provider.getKey({ signal: controller.signal }).catch(() => 'left');
    expect(clock.timers().map(({ keepAlive }) => keepAlive)).toEqual([true]);
    controller.abort();
    expect(await left).toBe('left');
    expect(clock.timers().map(({ keepAlive }) => keepAlive)).toEqual([false]);
  });

  test('shares one listener with the others of its signal, which goes when they are answered', async () => {
    const { provider, source } = createWorld();
    source.hang();
    const { signal } = new AbortController();
    let listeners = 0;
    let most = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      most = Math.max(most, (listeners += 1));
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners -= 1;
      remove(...args);
    };
    const pending = Promise.all(Array.from({ length: 200 }, () => provider.getKey({ signal })));
    source.release();
    await pending;
    expect([most, listeners]).toEqual([1, 0]);
  });
});

test("a shared read carries no caller's AsyncLocalStorage", async () => {
  const storage = new AsyncLocalStorage<string>();
  const seen: unknown[] = [];
  const read = async () => {
    seen.push(storage.getStore());
    return { value: makeTestKey() };
  };
  const provider = createKeyProvider(sourceOf({ read }));
  await storage.run('request 1', () => provider.getKey());
  expect(seen).toEqual([undefined]);
});
