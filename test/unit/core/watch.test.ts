import { describe, expect, test } from 'vitest';
import { createWorld, MINUTE, SECOND } from './world.ts';

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
