import { isKeyError, KeyError, type KeyErrorCode } from '@magic-hour-keys/core';
import { describe, expect, test } from 'vitest';
import { CODES, createWorld, DAY, HOUR, MINUTE, outcome, SECOND, type World } from './world.ts';

const STOPPING: readonly KeyErrorCode[] = ['not_found', 'disabled', 'access_denied'];
const PASSING = CODES.filter((code) => !STOPPING.includes(code));

/** One request a second, as a busy service makes them. */
async function live({ provider, clock }: World, ms: number): Promise<{ failed: number; served: number }> {
  const counts = { failed: 0, served: 0 };
  for (let passed = 0; passed < ms; passed += SECOND) {
    await clock.advance(SECOND);
    const result = await outcome(provider.getKey());
    if (CODES.includes(result as KeyErrorCode)) counts.failed += 1;
    else counts.served += 1;
  }
  return counts;
}

describe('a store that fails while a good key is in memory', () => {
  test.each(PASSING)('%s: the key is served on, and the store is asked ever more slowly', async (code) => {
    const world = createWorld();
    await world.provider.getKey();
    world.source.fail(code);
    expect(await live(world, HOUR)).toEqual({ failed: 0, served: 3600 });
    // 1, 2, 4, 8, 16, 32, 60, 60 … seconds, three quarters of them at this random number.
    const attempts = world.source.reads.length - 1;
    expect(attempts).toBeGreaterThan(50);
    expect(attempts).toBeLessThan(90);
  });

  test('an outage shorter than maxStale goes unnoticed, and one second more gives a typed error', async () => {
    const world = createWorld({ maxStaleMs: 2 * HOUR });
    await world.provider.getKey();
    world.source.fail('unavailable');
    expect(await live(world, 2 * HOUR)).toEqual({ failed: 0, served: 7200 });
    await world.clock.advance(SECOND);
    expect(await outcome(world.provider.getKey())).toBe('unavailable');
  });

  test('a store that is back is seen within 61 seconds', async () => {
    const world = createWorld();
    await world.provider.getKey();
    world.source.fail('unavailable');
    await live(world, 2 * HOUR);
    world.source.heal();
    const next = world.source.rotate();
    await live(world, 61 * SECOND);
    expect(world.provider.peek()?.reveal()).toBe(next);
  });

  test('a 4 second outage at 2,000 requests a second costs at most 16 reads and no request', async () => {
    const { provider, source, clock } = createWorld({ freshMs: SECOND });
    await provider.getKey();
    await clock.advance(2 * SECOND);
    source.fail('unavailable');
    let failed = 0;
    for (let i = 0; i < 8000; i++) {
      if (!provider.peek()) failed += 1;
      if (i % 20 === 19) {
        await clock.advance(10);
      }
    }
    expect(failed).toBe(0);
    expect(source.reads.length - 1).toBeLessThanOrEqual(16);
  });

  test('a failed background read is an event, never an unhandled rejection', async () => {
    const { provider, source, clock, events } = createWorld();
    await provider.getKey();
    source.fail(new Error('socket hang up'));
    await clock.advance(10 * MINUTE);
    provider.peek();
    await clock.settle();
    expect(events.slice(1)).toMatchObject([
      { type: 'failed', code: 'unknown', reason: 'aged' },
      { type: 'served-stale', code: 'unknown', ageMs: 10 * MINUTE },
    ]);
  });

  test('Retry-After is honoured, between one second and five minutes', async () => {
    for (const [retryAfterMs, waitsMs] of [
      [30 * SECOND, 30 * SECOND],
      [DAY, 5 * MINUTE],
    ] as const) {
      const world = createWorld();
      await world.provider.getKey();
      world.source.fail(new KeyError({ code: 'throttled', retryAfterMs }), 1);
      await world.clock.advance(10 * MINUTE);
      world.provider.peek();
      await world.clock.settle();
      expect(world.provider.health().nextAttemptInMs).toBe(waitsMs);
      await world.clock.advance(waitsMs - 1);
      world.provider.peek();
      expect(world.source.reads).toHaveLength(2);
      await world.clock.advance(1);
      world.provider.peek();
      expect(world.source.reads).toHaveLength(3);
    }
  });

  test('a value that can not be a key never replaces one that works', async () => {
    const world = createWorld();
    const key = await world.provider.getKey();
    for (const bad of ['', 'mhk_te', 'your_api_key_here', '{"apiKey":"x"}', '\0'.repeat(40)]) {
      world.source.rotate(bad);
      await live(world, 20 * MINUTE);
      expect(world.provider.peek()).toBe(key);
      expect(world.provider.health().lastErrorCode).toBe('invalid_key');
    }
  });
});

describe('a secret that is gone from the store', () => {
  test.each(['not_found', 'disabled'] as const)(
    '%s: two reads 30 seconds apart stop the key',
    async (code) => {
      const world = createWorld();
      await world.provider.getKey();
      world.source.fail(code);
      await world.clock.advance(10 * MINUTE);
      expect(await outcome(world.provider.getKey())).toBe(world.source.current);
      expect((await live(world, 29 * SECOND)).failed).toBe(0);
      await live(world, 40 * SECOND);
      expect(await outcome(world.provider.getKey())).toBe(code);
    },
  );

  test('one such answer is not believed', async () => {
    const world = createWorld();
    await world.provider.getKey();
    world.source.fail('not_found', 1);
    await world.clock.advance(10 * MINUTE);
    expect((await live(world, HOUR)).failed).toBe(0);
  });

  test('a success in between starts the count anew; other failures neither count nor reset', async () => {
    const world = createWorld();
    await world.provider.getKey();
    await world.clock.advance(10 * MINUTE);
    world.source.fail('not_found', 1);
    await live(world, 2 * SECOND);
    world.source.fail('unavailable');
    await live(world, 5 * MINUTE);
    expect(world.provider.peek()).toBeDefined();
    world.source.fail('not_found');
    await live(world, 2 * MINUTE);
    expect(await outcome(world.provider.getKey())).toBe('not_found');
    world.source.heal();
    await live(world, 2 * MINUTE);
    expect(world.provider.peek()).toBeDefined();
    world.source.fail('not_found', 1);
    expect((await live(world, 20 * MINUTE)).failed).toBe(0);
  });

  test('a jump of the wall clock does not confirm anything', async () => {
    const world = createWorld();
    await world.provider.getKey();
    await world.clock.advance(10 * MINUTE);
    world.source.fail('not_found');
    await live(world, SECOND);
    world.clock.jumpWall(HOUR);
    await live(world, 5 * SECOND);
    expect(world.provider.peek()).toBeDefined();
  });
});

describe('a store that begins to refuse access', () => {
  test('the key is served for 15 minutes from the first refusal, then no more', async () => {
    const world = createWorld();
    await world.provider.getKey();
    await world.clock.advance(10 * MINUTE);
    world.source.fail('access_denied');
    expect((await live(world, 15 * MINUTE)).failed).toBe(0);
    expect((await live(world, 10 * SECOND)).failed).toBeGreaterThanOrEqual(9);
    expect(await outcome(world.provider.getKey())).toBe('access_denied');
  });

  test('only a success clears it: an outage in between does not', async () => {
    const world = createWorld();
    await world.provider.getKey();
    await world.clock.advance(10 * MINUTE);
    world.source.fail('access_denied', 1);
    await live(world, SECOND);
    world.source.fail('unavailable');
    await live(world, 15 * MINUTE + SECOND);
    expect(world.provider.peek()).toBeUndefined();
    world.source.heal();
    await live(world, 2 * MINUTE);
    expect(world.provider.peek()).toBeDefined();
    expect(world.provider.health().survivesOutageMs).toBeGreaterThan(20 * HOUR);
  });
});

describe('nothing usable in memory', () => {
  test.each(CODES)('%s at a cold start is told at once', async (code) => {
    const { provider, source, clock } = createWorld();
    source.fail(code);
    const pending = outcome(provider.getKey());
    await clock.advance(2 * SECOND);
    expect(await pending).toBe(code);
  });

  test.each(CODES)('%s: callers of the next second get the same verdict without a read', async (code) => {
    const { provider, source, clock } = createWorld();
    source.fail(code);
    const pending = caught(provider.getKey());
    await clock.advance(700);
    const first = await pending;
    const reads = source.reads.length;
    const later = [await caught(provider.getKey()), await caught(provider.getKey())];
    expect([first, ...later].map((error) => isKeyError(error) && error.code)).toEqual([code, code, code]);
    expect(new Set([first, ...later]).size).toBe(3);
    expect(source.reads).toHaveLength(reads);
  });

  test('a crash loop can not burn the quota: the pauses double up to a minute', async () => {
    const world = createWorld();
    world.source.fail('not_found');
    const { failed } = await live(world, HOUR);
    expect(failed).toBe(3600);
    expect(world.source.reads.length).toBeLessThan(90);
  });

  test('a success ends it', async () => {
    const world = createWorld();
    world.source.fail('not_found', 3);
    await live(world, MINUTE);
    expect(world.provider.peek()?.reveal()).toBe(world.source.current);
  });

  test('invalidate ends it', async () => {
    const { provider, source } = createWorld();
    source.fail('not_found', 1);
    expect(await outcome(provider.getKey())).toBe('not_found');
    expect(await outcome(provider.getKey())).toBe('not_found');
    provider.invalidate();
    expect(await outcome(provider.getKey())).toBe(source.current);
    expect(source.reads).toEqual(['initial', 'invalidated']);
  });
});

function caught(pending: Promise<unknown>): Promise<unknown> {
  return pending.then(
    () => undefined,
    (error: unknown) => error,
  );
}
