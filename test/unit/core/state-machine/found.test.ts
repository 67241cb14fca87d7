import { createApiKey, KeyError, type KeyReading, type ReadReason } from '@magic-hour-keys/core';
import { createMemorySource } from '@magic-hour-keys/testing';
import { describe, expect, test } from 'vitest';
import { createWorld, HOUR, MINUTE, outcome, SECOND } from '../world.ts';

// What the state machine found, each as the smallest test that shows it.

describe('a key that is stopped or rejected', () => {
  test('and that the store has deleted is not revived by a reading of an older version', async () => {
    const source = createMemorySource({ sequenced: true });
    const first = source.current;
    source.rotate();
    const { provider, clock } = createWorld({ freshMs: MINUTE }, source);
    await provider.getKey();
    source.fail('not_found');
    for (let i = 0; i < 4; i++) {
      await clock.advance(2 * MINUTE);
      provider.peek();
      await clock.settle();
    }
    expect(provider.peek()).toBeUndefined();
    source.heal();
    source.rollBack();
    await clock.advance(2 * MINUTE);
    expect(await outcome(provider.getKey())).toBe(first);
  });

  test('is not barred for ever by a late rejection during an invalidation', async () => {
    const { provider, source, clock } = createWorld();
    const first = await provider.getKey();
    source.rotate();
    await provider.renew(first);
    await clock.advance(MINUTE);
    provider.invalidate();
    await provider.renew(first);
    source.rollBack();
    await clock.advance(HOUR);
    provider.peek();
    await clock.settle();
    expect(provider.peek()?.reveal()).toBe(source.current);
  });

  test('does not answer a caller in place of a key that is older than maxStale', async () => {
    const { provider, source, clock } = createWorld();
    const old = source.current;
    await provider.getKey();
    await clock.advance(30 * HOUR);
    const other = source.rotate();
    source.hang();
    const pending = outcome(provider.getKey());
    const renewal = provider.renew(createApiKey(other, { source: 'elsewhere' }));
    source.release();
    expect(await pending).not.toBe(old);
    await renewal;
  });
});

describe('a hint', () => {
  test('that comes during each read causes one read a second at most', async () => {
    const { provider, source, clock } = createWorld();
    await provider.getKey();
    await clock.advance(10 * SECOND);
    source.delay(50, clock.runtime);
    source.change();
    const before = source.reads.length;
    for (let i = 0; i < 500; i++) {
      provider.peek();
      if (source.inFlight > 0) source.change();
      await clock.advance(20);
    }
    expect(source.reads.length - before).toBeLessThanOrEqual(11);
    expect(source.reads.length - before).toBeGreaterThan(8);
  });

  test('alone causes one read', async () => {
    const { provider, source, clock } = createWorld();
    await provider.getKey();
    await clock.advance(10 * SECOND);
    source.change();
    for (let i = 0; i < 10; i++) {
      provider.peek();
      await clock.advance(20);
    }
    expect(source.reads).toHaveLength(2);
  });

  test('does not tell callers an old failure instead of reading', async () => {
    const { provider, source, clock } = createWorld();
    await provider.getKey();
    await clock.advance(10 * MINUTE);
    source.fail('unavailable', 1);
    provider.peek();
    await clock.advance(30 * HOUR);
    source.change();
    expect(await outcome(provider.getKey())).toBe(source.current);
  });
});

describe('an invalidation', () => {
  test('after which an older read fails still has a read of its own', async () => {
    const { provider, source, clock } = createWorld();
    await provider.getKey();
    await clock.advance(10 * MINUTE);
    source.fail('unavailable', 1);
    source.hang();
    provider.peek();
    provider.invalidate();
    source.release();
    await clock.settle();
    expect(await outcome(provider.getKey())).toBe(source.current);
  });

  test('during the read of a former one does not make its callers fail', async () => {
    const { provider, source, clock } = createWorld();
    await provider.getKey();
    source.hang();
    source.fail('access_denied', 1);
    provider.invalidate();
    const first = outcome(provider.getKey());
    provider.invalidate();
    source.release();
    expect(await first).toBe(source.current);
    await clock.settle();
  });

  test('that a read has answered is over for a listener that asks as well', async () => {
    const { provider, source } = createWorld();
    await provider.getKey();
    provider.subscribe(() => void provider.peek());
    provider.invalidate();
    await provider.getKey();
    expect(provider.peek()?.reveal()).toBe(source.current);
  });

  test('whose turn has not come yet makes no read beside that of the former one', async () => {
    const { provider, source } = createWorld();
    source.hang();
    const pending = [provider.getKey()];
    for (let i = 0; i < 2; i++) {
      provider.invalidate();
      pending.push(provider.getKey());
    }
    expect(source.inFlight).toBe(2);
    source.release();
    await Promise.all(pending);
    expect(source.reads.filter((reason) => reason === 'invalidated').length).toBeLessThanOrEqual(2);
  });
});

test('callers whose read brought a refused key wait for one that is not of a kind under way already', async () => {
  const { provider, source, clock } = createWorld({ maxStaleMs: MINUTE });
  const key = await provider.getKey();
  await clock.advance(2 * MINUTE);
  const open = new Map<ReadReason, { resolve(reading: KeyReading): void; reject(error: Error): void }[]>();
  source.read = ({ reason }) =>
    new Promise((resolve, reject) => open.set(reason, [...(open.get(reason) ?? []), { resolve, reject }]));
  const waiting = [outcome(provider.getKey())];
  provider.invalidate();
  waiting.push(outcome(provider.getKey()), outcome(provider.renew(key)));
  expect([...open.keys()]).toEqual(['aged', 'invalidated', 'rejected']);
  open
    .get('rejected')
    ?.pop()
    ?.reject(new KeyError({ code: 'disabled' }));
  await clock.settle();
  open.get('invalidated')?.pop()?.resolve({ value: source.current });
  await clock.settle();
  expect(open.get('aged')).toHaveLength(1);
  await provider.close();
  await Promise.all(waiting);
});

test('a key whose random letters happen to spell a word is not a placeholder', () => {
  const value = `mhk_live_${'QxVb'.repeat(7)}YoUr`;
  expect(createApiKey(value, { source: 'test' }).last4).toBe('YoUr');
});

test('a store that asks to wait is not asked sooner because another read failed meanwhile', async () => {
  const { provider, source, clock } = createWorld();
  const key = await provider.getKey();
  await clock.advance(10 * MINUTE);
  source.fail(new KeyError({ code: 'throttled', retryAfterMs: 4 * MINUTE }), 1);
  provider.peek();
  await clock.settle();
  source.fail('unauthenticated', 1);
  await provider.renew(key);
  await clock.advance(2 * MINUTE);
  const before = source.reads.length;
  provider.peek();
  expect(source.reads).toHaveLength(before);
});
