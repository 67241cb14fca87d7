import { firstFound, isKeyError, KeyError } from '@magic-hour-keys/core';
import { createMemorySource } from '@magic-hour-keys/testing';
import { describe, expect, test } from 'vitest';
import { createWorld, outcome, sourceOf } from './world.ts';

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
    const { provider, events } = createWorld({}, chain);
    expect((await provider.getKey()).source).toBe('two');
    expect(events[0]).toMatchObject({ type: 'resolved', source: 'two', location: 'there' });
    expect(provider.health()).toMatchObject({ source: 'two', location: 'there' });
  });

  test("stops at a link that refuses access: a developer's key must not stand in for production", async () => {
    const last = createMemorySource();
    const chain = firstFound([missing('not_configured', 'one'), missing('access_denied', 'two'), last]);
    const { provider } = createWorld({}, chain);
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
    expect(await outcome(createWorld({}, chain).provider.getKey())).toBe(last.current);
  });

  test('tells every link when none has a key', async () => {
    const chain = firstFound([missing('not_configured', 'one'), missing('not_found', 'two')]);
    const error: unknown = await createWorld({}, chain)
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
    const { provider, clock } = createWorld({}, firstFound(links));
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
