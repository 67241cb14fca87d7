import { describe, expect, it } from 'vitest';
import { SDKS, type MagicHourClient } from './magic-hour-sdks.ts';
import { IMAGE, startMagicHourWorld, statusOf } from './magic-hour-world.ts';

const MANY = 50;

function createMany(client: MagicHourClient): Promise<unknown[]> {
  return Promise.all(
    Array.from({ length: MANY }, async () => {
      const outcome = await statusOf(client.v1.aiImageGenerator.create(IMAGE));
      return (outcome as { id?: unknown }).id === undefined ? outcome : 'created';
    }),
  );
}

const ALL_CREATED = Array<string>(MANY).fill('created');

describe.each(SDKS)('$name, fifty calls at once', (sdk) => {
  it('share one read of the store at the start', async () => {
    await using world = await startMagicHourWorld(sdk);
    await expect(createMany(world.client)).resolves.toEqual(ALL_CREATED);
    expect(world.source.reads).toEqual(['initial']);
    expect(world.api.statusCounts).toEqual({ 200: MANY });
  });

  it('share one renewal for each rotation, when all of them are refused', async () => {
    await using world = await startMagicHourWorld(sdk);
    const { client, api, source, provider } = world;
    await provider.getKey();
    for (let rotation = 1; rotation <= 5; rotation += 1) {
      api.clearRequests();
      api.hold();
      const calls = createMany(client);
      await api.whenHeld(MANY);
      world.rotate();
      api.release();
      await expect(calls).resolves.toEqual(ALL_CREATED);
      expect(api.statusCounts).toEqual({ 401: MANY, 200: MANY });
      expect(source.reads).toEqual(['initial', ...Array<string>(rotation).fill('rejected')]);
    }
  });

  it('are made once more without a read when their 401 comes late, for a key that was replaced meanwhile', async () => {
    await using world = await startMagicHourWorld(sdk);
    const { client, api, source, provider } = world;
    await provider.getKey();
    api.hold();
    const calls = createMany(client);
    await api.whenHeld(MANY);
    world.rotate();
    provider.invalidate();
    await provider.getKey();
    const readsBefore = source.reads.length;
    api.release();
    await expect(calls).resolves.toEqual(ALL_CREATED);
    expect(source.reads).toHaveLength(readsBefore);
  });

  it('get the 401 of a dead key, for three reads of the store in six seconds, and recover by themselves', async () => {
    await using world = await startMagicHourWorld(sdk);
    const { client, api, source, clock, provider } = world;
    await provider.getKey();
    api.revoke(source.current);
    for (let round = 0; round < 6; round += 1) {
      await expect(createMany(client)).resolves.toEqual(Array(MANY).fill(401));
      await clock.advance(1000);
    }
    expect(api.statusCounts).toEqual({ 401: 6 * MANY });
    expect(source.reads.filter((reason) => reason === 'rejected').length).toBeLessThanOrEqual(3);
    api.accept(source.rotate());
    await clock.advance(60_000);
    await expect(createMany(client)).resolves.toEqual(ALL_CREATED);
  });

  it('keep their 401 while the store is down', async () => {
    await using world = await startMagicHourWorld(sdk);
    const { client, source, api, provider } = world;
    await provider.getKey();
    world.rotate();
    source.fail('access_denied');
    await expect(createMany(client)).resolves.toEqual(Array(MANY).fill(401));
    expect(source.reads).toEqual(['initial', 'rejected']);
    expect(api.statusCounts).toEqual({ 401: MANY });
  });
});
