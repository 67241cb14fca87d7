import { createMemorySource } from '@magic-hour-keys/testing';
import { describe, expect, test } from 'vitest';
import { createWorld, HOUR, MINUTE, outcome, SECOND } from './world.ts';

describe('an older version after a newer one', () => {
  const world = async () => {
    const source = createMemorySource({ sequenced: true });
    const made = createWorld({ freshMs: MINUTE }, source);
    await made.provider.getKey();
    const newer = source.rotate();
    await made.clock.advance(2 * MINUTE);
    made.provider.peek();
    await made.clock.settle();
    expect(made.provider.peek()?.reveal()).toBe(newer);
    source.rollBack();
    return { ...made, newer };
  };

  test('is not taken at once', async () => {
    const { provider, clock, newer } = await world();
    await clock.advance(2 * MINUTE);
    provider.peek();
    await clock.settle();
    await clock.advance(59 * SECOND);
    expect(await outcome(provider.getKey())).toBe(newer);
    await clock.settle();
    expect(provider.peek()?.reveal()).toBe(newer);
  });

  test('is taken when it is seen again a minute later: somebody rolled back on purpose', async () => {
    const { provider, source, clock } = await world();
    for (let i = 0; i < 3; i++) {
      await clock.advance(2 * MINUTE);
      provider.peek();
      await clock.settle();
    }
    expect(provider.peek()?.reveal()).toBe(source.current);
  });

  test('is taken at once when the newer one was rejected', async () => {
    const { provider, source } = await world();
    const current = provider.peek();
    expect(current).toBeDefined();
    if (current) expect(await outcome(provider.renew(current))).toBe(source.current);
  });

  test('is taken at once where the store does not order its versions', async () => {
    const { provider, source, clock } = createWorld({ freshMs: MINUTE });
    await provider.getKey();
    source.rotate();
    await clock.advance(2 * MINUTE);
    provider.peek();
    await clock.settle();
    source.rollBack();
    await clock.advance(2 * MINUTE);
    provider.peek();
    await clock.settle();
    expect(provider.peek()?.reveal()).toBe(source.current);
  });

  test('does not stop a key from being replaced when nothing usable is left', async () => {
    const { provider, source, clock } = await world();
    await clock.advance(30 * HOUR);
    expect(await outcome(provider.getKey())).toBe(source.current);
  });
});
