import type { KeyEvent } from '@magic-hour-keys/core';
import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { describe, expect, test } from 'vitest';
import { createWorld, DAY, HOUR, MINUTE, outcome, SECOND } from './world.ts';

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
