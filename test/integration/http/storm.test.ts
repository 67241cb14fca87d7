import { describe, expect, it } from 'vitest';
import { createKeyProvider } from '@magic-hour-keys/core';
import type { KeyProviderOptions } from '@magic-hour-keys/core';
import { createFetch } from '@magic-hour-keys/http';
import { createManualClock, createMemorySource, startFakeMagicHourApi } from '@magic-hour-keys/testing';
import { allowLoopback } from './loopback-options.ts';

/** The real provider over a store in memory, and the real fetch to an API of this machine. */
async function startWorld(options: KeyProviderOptions = {}) {
  const source = createMemorySource();
  const provider = createKeyProvider(source, options);
  const api = await startFakeMagicHourApi({ accept: [source.current] });
  const keyed = createFetch(provider, allowLoopback(api.origin));
  const call = async (): Promise<number> => {
    const response = await keyed(`${api.origin}/v1/ai-image-generator`, { method: 'POST', body: '{}' });
    await response.text();
    return response.status;
  };
  const callMany = (count: number): Promise<number[]> => Promise.all(Array.from({ length: count }, call));
  return {
    source,
    provider,
    api,
    keyed,
    call,
    callMany,
    async [Symbol.asyncDispose]() {
      await provider.close();
      await api.close();
    },
  };
}

function times(count: number, status: number): number[] {
  return Array.from({ length: count }, () => status);
}

describe('200 calls at once', () => {
  it('cost one read of the store when there is no key yet', async () => {
    await using world = await startWorld();
    await expect(world.callMany(200)).resolves.toEqual(times(200, 200));
    expect(world.source.reads).toEqual(['initial']);
    expect(world.api.statusCounts).toEqual({ 200: 200 });
  });

  it('all succeed after a rotation, for one renewal', async () => {
    await using world = await startWorld();
    const { source, api, call, callMany } = world;
    await call();
    api.revoke(source.current);
    api.accept(source.rotate());
    api.clearRequests();
    await expect(callMany(200)).resolves.toEqual(times(200, 200));
    expect(source.reads).toEqual(['initial', 'rejected']);
    expect(api.statusCounts).toEqual({ 200: 200, 401: 200 });
  });

  it('are replayed without a read when their 401 comes late, for a key that was replaced meanwhile', async () => {
    await using world = await startWorld();
    const { source, api, call, callMany } = world;
    await call();
    const old = source.current;
    api.hold(({ authorization }) => authorization === `Bearer ${old}`);
    const late = callMany(200);
    await api.whenHeld(200);
    api.revoke(old);
    api.accept(source.rotate());
    world.provider.invalidate();
    await expect(call()).resolves.toBe(200);
    const readsBefore = source.reads.length;
    api.release();
    await expect(late).resolves.toEqual(times(200, 200));
    expect(source.reads).toHaveLength(readsBefore);
  });
});

describe('a store that is down', () => {
  it('leaves 50 callers their own 401, which they can read', async () => {
    await using world = await startWorld();
    const { source, api, call, keyed } = world;
    await call();
    api.revoke(source.current);
    source.rotate();
    source.fail('unavailable');
    const url = `${api.origin}/v1/ai-image-generator`;
    const answers = await Promise.all(Array.from({ length: 50 }, () => keyed(url, { method: 'POST' })));
    expect(answers.map(({ status }) => status)).toEqual(times(50, 401));
    const bodies = await Promise.all(answers.map((answer) => answer.json()));
    expect(bodies).toEqual(Array.from({ length: 50 }, () => ({ message: 'Unauthorized' })));
  });

  it('is forgotten as soon as it is back', async () => {
    const clock = createManualClock();
    await using world = await startWorld({ runtime: clock.runtime });
    const { source, api, call } = world;
    await call();
    api.revoke(source.current);
    api.accept(source.rotate());
    source.fail('access_denied');
    await expect(call()).resolves.toBe(401);
    source.heal();
    await clock.advance(60_000);
    await expect(call()).resolves.toBe(200);
  });
});

describe('a dead key that the store still holds', () => {
  it('is hammered by callers for ten minutes, while the store is asked no more than the hold-down allows', async () => {
    const clock = createManualClock();
    await using world = await startWorld({ runtime: clock.runtime });
    const { source, api, call, callMany } = world;
    await call();
    api.revoke(source.current);
    api.clearRequests();
    const seconds = 600;
    for (let second = 0; second < seconds; second += 2) {
      await expect(callMany(2)).resolves.toEqual([401, 401]);
      await clock.advance(2000);
    }
    // Nobody is replayed with a key that was just refused: one request for each call.
    expect(api.statusCounts).toEqual({ 401: seconds });
    expect(source.reads.filter((reason) => reason === 'rejected').length).toBeLessThanOrEqual(15);
    expect(source.reads.filter((reason) => reason === 'rejected').length).toBeGreaterThan(5);
  });

  it('recovers by itself when the store gets a good one', async () => {
    const clock = createManualClock();
    await using world = await startWorld({ runtime: clock.runtime });
    const { source, api, call, callMany } = world;
    await call();
    api.revoke(source.current);
    await expect(callMany(20)).resolves.toEqual(times(20, 401));
    expect(source.reads).toEqual(['initial', 'rejected']);
    api.accept(source.rotate());
    await expect(callMany(20)).resolves.toEqual(times(20, 401));
    expect(source.reads).toEqual(['initial', 'rejected']);
    await clock.advance(60_000);
    await expect(callMany(20)).resolves.toEqual(times(20, 200));
  });
});
