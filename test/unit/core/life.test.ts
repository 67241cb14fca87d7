import { createKeyProvider, firstFound, isKeyError, KeyError, toKeyFunction } from '@magic-hour-keys/core';
import type { KeyEvent } from '@magic-hour-keys/core';
import { createMemorySource, findLeaks, makeTestKey, staticKey } from '@magic-hour-keys/testing';
import { describe, expect, test } from 'vitest';
import { createWorld, DAY, HOUR, MINUTE, outcome, SECOND, sourceOf } from './world.ts';

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

describe('watch', () => {
  test('starts after the first success, and a hint makes the next request refresh the key', async () => {
    const { provider, source, clock } = createWorld();
    expect(source.watchers).toBe(0);
    await provider.getKey();
    expect(source.watchers).toBe(1);
    await clock.advance(2 * SECOND);
    const next = source.rotate();
    source.change();
    expect(source.reads).toHaveLength(1);
    provider.peek();
    await clock.settle();
    expect(provider.peek()?.reveal()).toBe(next);
  });

  test('causes one read a second at most', async () => {
    const { provider, source, clock } = createWorld();
    await provider.getKey();
    for (let i = 0; i < 100; i++) {
      source.change();
      provider.peek();
      await clock.advance(100);
    }
    expect(source.reads.length).toBeLessThanOrEqual(1 + 10);
    expect(source.reads.length).toBeGreaterThan(8);
  });

  test('a hint that comes during a read is not lost', async () => {
    const { provider, source, clock } = createWorld();
    await provider.getKey();
    await clock.advance(10 * MINUTE);
    source.hang();
    provider.peek();
    const next = source.rotate();
    source.change();
    source.release();
    await clock.settle();
    await clock.advance(SECOND);
    provider.peek();
    await clock.settle();
    expect(provider.peek()?.reveal()).toBe(next);
  });

  test('that ends is started again after 1 to 30 seconds by timers that hold no process, and not after close', async () => {
    const { provider, source, clock } = createWorld();
    await provider.getKey();
    const pauses: number[] = [];
    for (let i = 0; i < 8; i++) {
      source.endWatch(new Error('stream reset'));
      await clock.settle();
      const [timer] = clock.timers();
      expect(timer?.keepAlive).toBe(false);
      pauses.push(timer?.dueInMs ?? 0);
      await clock.advance(timer?.dueInMs ?? 0);
      expect(source.watchers).toBe(1);
    }
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(1000);
    expect(Math.max(...pauses)).toBe(30_000);
    await provider.close();
    await clock.settle();
    expect(source.watchers).toBe(0);
    expect(clock.timers()).toEqual([]);
  });

  test('that fails is told once', async () => {
    const { provider, source, clock, events } = createWorld();
    await provider.getKey();
    for (let i = 0; i < 3; i++) {
      source.endWatch(new Error('stream reset'));
      await clock.advance(MINUTE);
    }
    expect(events.filter((event) => event.type === 'warning')).toMatchObject([{ code: 'watch_failed' }]);
  });

  test('can be turned off', async () => {
    const { provider, source } = createWorld({ watch: false });
    await provider.getKey();
    expect(source.watchers).toBe(0);
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

describe('events', () => {
  test('tell the environment that a config chose, and what decided it', async () => {
    const { provider, events } = createWorld({ environment: { name: 'production', from: 'NODE_ENV' } });
    await provider.getKey();
    expect(events[0]).toMatchObject({
      type: 'resolved',
      environment: 'production',
      environmentFrom: 'NODE_ENV',
    });
  });

  test('have fields of plain types only, and never the key', async () => {
    const { provider, source, clock, events } = createWorld({ freshMs: MINUTE });
    const secrets = [source.current];
    const old = await provider.getKey();
    secrets.push(source.rotate());
    await provider.renew(old);
    await provider.renew(provider.peek() ?? old);
    await clock.advance(5 * MINUTE);
    source.fail('throttled', 1);
    provider.peek();
    await clock.advance(5 * MINUTE);
    provider.peek();
    await clock.settle();
    expect(new Set(events.map(({ type }) => type)).size).toBeGreaterThanOrEqual(7);
    for (const event of events) {
      for (const field of Object.values(event))
        expect(['string', 'number', 'boolean']).toContain(typeof field);
      expect(findLeaks(event, secrets)).toEqual([]);
    }
  });

  test('a listener that throws or rejects disturbs nobody', async () => {
    const { provider, source } = createWorld();
    const seen: string[] = [];
    provider.subscribe(() => {
      throw new Error('listener');
    });
    const asyncListener = (): unknown => Promise.reject(new Error('async listener'));
    provider.subscribe(asyncListener);
    provider.subscribe((event) => void seen.push(event.type));
    expect(await outcome(provider.getKey())).toBe(source.current);
    expect(seen).toEqual(['resolved']);
  });

  test('a listener that looks while an invalidation ends does not hide the key', async () => {
    const { provider, source } = createWorld();
    await provider.getKey();
    const next = source.rotate();
    const seen: (string | undefined)[] = [];
    provider.subscribe(() => void seen.push(provider.peek()?.reveal()));
    provider.invalidate();
    await provider.getKey();
    expect(seen).toEqual([next]);
    expect(provider.peek()?.reveal()).toBe(next);
  });

  test('a listener that acts is heard in order', async () => {
    const { provider, source } = createWorld();
    const seen: string[] = [];
    provider.subscribe((event) => {
      if (event.type === 'resolved') void provider.peek();
      seen.push(event.type);
    });
    const old = await provider.getKey();
    source.rotate();
    await provider.renew(old);
    expect(seen).toEqual(['resolved', 'rejected', 'changed', 'renewed']);
  });

  test('end with the subscription', async () => {
    const { provider } = createWorld();
    const seen: KeyEvent[] = [];
    provider.subscribe((event) => seen.push(event))();
    await provider.getKey();
    expect(seen).toEqual([]);
  });

  test('a key older than 90 days is told, once a day', async () => {
    const { provider, source, clock, events } = createWorld();
    const value = makeTestKey();
    const createdAt = new Date(clock.wallMs() - 91 * DAY);
    source.read = async () => ({ value, createdAt });
    await provider.getKey();
    for (let i = 0; i < 25; i++) {
      await clock.advance(HOUR);
      provider.peek();
      await clock.settle();
    }
    const told = events.filter((event) => event.type === 'key-age');
    expect(told).toMatchObject([{ ageDays: 91 }, { ageDays: 92 }]);
  });

  test('a warning of the source is told once, also when the value is refused', async () => {
    const warnings = [
      { code: 'file_readable_by_others', message: '.env can be read by everybody: chmod 600 .env' },
    ];
    const { provider, source, clock, events } = createWorld();
    source.read = async () => ({ value: 'short', warnings });
    expect(await outcome(provider.getKey())).toBe('invalid_key');
    await clock.advance(MINUTE);
    expect(await outcome(provider.getKey())).toBe('invalid_key');
    expect(events.filter(({ type }) => type === 'warning')).toMatchObject(warnings);
  });

  test('raw errors are given to onRawError alone', async () => {
    const raw = new Error('with a token in it');
    const seen: unknown[] = [];
    const onRawError = (error: unknown): void => {
      seen.push(error);
      throw new Error('observer');
    };
    const { provider, source, clock } = createWorld({ onRawError });
    source.fail(raw);
    const pending = outcome(provider.getKey());
    await clock.advance(2 * SECOND);
    expect(await pending).toBe('unknown');
    expect(seen).toEqual([raw]);
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

describe('firstFound', () => {
  const missing = (code: 'not_found' | 'not_configured' | 'access_denied', name: string) =>
    sourceOf({
      name,
      location: `${name}/x`,
      read: () => Promise.reject(new KeyError({ code, hint: `Fix ${name}.` })),
    });

  test('gives the first key in order, and tells which link answered', async () => {
    const chain = firstFound([
      missing('not_found', 'one'),
      createMemorySource({ name: 'two', location: 'there' }),
    ]);
    const { provider, events } = createWorld({}, chain as never);
    expect((await provider.getKey()).source).toBe('two');
    expect(events[0]).toMatchObject({ type: 'resolved', source: 'two', location: 'there' });
    expect(provider.health()).toMatchObject({ source: 'two', location: 'there' });
  });

  test("stops at a link that refuses access: a developer's key must not stand in for production", async () => {
    const last = createMemorySource();
    const chain = firstFound([missing('not_configured', 'one'), missing('access_denied', 'two'), last]);
    const { provider } = createWorld({}, chain as never);
    const error: unknown = await provider.getKey().catch((thrown: unknown) => thrown);
    expect(isKeyError(error) && error.links).toEqual([
      { source: 'one', location: 'one/x', code: 'not_configured', hint: 'Fix one.' },
      { source: 'two', location: 'two/x', code: 'access_denied', hint: 'Fix two.' },
    ]);
    expect(isKeyError(error) && [error.code, error.hint]).toEqual(['access_denied', 'Fix two.']);
    expect(last.reads).toEqual([]);
  });

  test('goes on where it is told to', async () => {
    const last = createMemorySource();
    const chain = firstFound([missing('access_denied', 'one'), last], { continueOn: ['access_denied'] });
    expect(await outcome(createWorld({}, chain as never).provider.getKey())).toBe(last.current);
  });

  test('tells every link when none has a key', async () => {
    const chain = firstFound([missing('not_configured', 'one'), missing('not_found', 'two')]);
    const error: unknown = await createWorld({}, chain as never)
      .provider.getKey()
      .catch((thrown: unknown) => thrown);
    expect(isKeyError(error) && [error.code, error.hint, error.links?.length]).toEqual([
      'not_found',
      'Fix two.',
      2,
    ]);
  });

  test('of nothing is refused', () => {
    expect(() => firstFound([])).toThrow(/at least one source/);
  });

  test('watches the links that can be watched, and closes all', async () => {
    const links = [createMemorySource({ watchable: false }), createMemorySource()] as const;
    links[0].remove();
    const { provider, clock } = createWorld({}, firstFound([...links]) as never);
    await provider.getKey();
    expect(links[1].watchers).toBe(1);
    await provider.close();
    await clock.settle();
    expect([links[1].watchers, links[0].closed, links[1].closed]).toEqual([0, true, true]);
  });

  test('reads the version before from the link that answered', async () => {
    const link = createMemorySource();
    const before = link.current;
    link.rotate();
    const chain = firstFound([missing('not_found', 'one'), link]);
    const context = { signal: new AbortController().signal, reason: 'initial' } as const;
    await chain.read(context);
    expect(await chain.readPrevious?.(context)).toMatchObject({ value: before, origin: { name: 'memory' } });
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
