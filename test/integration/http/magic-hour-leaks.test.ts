import { describe, expect, it } from 'vitest';
import { findLeaks, makeTestKey, startFakeMagicHourApi } from '@magic-hour-keys/testing';
import { startEchoServer } from './echo-server.ts';
import { allowLoopback } from './loopback-options.ts';
import { SDKS } from './magic-hour-sdks.ts';
import { IMAGE, outcomeOf, startMagicHourWorld } from './magic-hour-world.ts';

describe.each(SDKS)('$name', (sdk) => {
  it('shows the key in no result, no error and no client', async () => {
    await using gone = await startEchoServer();
    await gone[Symbol.asyncDispose]();
    await using broken = await startEchoServer((_, response) => response.destroy());
    await using silent = await startEchoServer(() => {});
    await using world = await startMagicHourWorld(sdk);
    const { client, api, source, provider } = world;
    const secrets = [source.current];
    const outcomes: Record<string, unknown> = {
      success: await outcomeOf(client.v1.aiImageGenerator.create(IMAGE)),
      'raw response': await outcomeOf(client.v1.aiImageGenerator.create(IMAGE).asResponse()),
      client,
    };
    const callElsewhere = async (origin: string, timeout: number): Promise<unknown> => {
      await using other = await startMagicHourWorld(sdk, {
        client: { baseUrl: origin, timeout },
        bind: allowLoopback(origin),
      });
      secrets.push(other.source.current);
      const outcome = await outcomeOf(other.client.v1.aiImageGenerator.create(IMAGE));
      expect(other.source.reads).toEqual(['initial']);
      return outcome;
    };
    outcomes['gone'] = await callElsewhere(gone.origin, 60_000);
    outcomes['broken'] = await callElsewhere(broken.origin, 60_000);
    // The key has to be on its way before the time is over, which a busy machine may need more of.
    for (let timeout = 50; silent.arrived.length === 0; timeout *= 4) {
      outcomes['silent'] = await callElsewhere(silent.origin, timeout);
    }
    expect(silent.arrived[0]?.headers.authorization).toMatch(/^Bearer /);
    api.setMode({ location: 'https://evil.test/' });
    outcomes['redirect'] = await outcomeOf(client.v1.aiImageGenerator.create(IMAGE));
    api.setMode('paymentRequired');
    outcomes['402'] = await outcomeOf(client.v1.aiImageGenerator.create(IMAGE));
    api.setMode('normal');
    world.rotate();
    outcomes['401 and a second call'] = await outcomeOf(client.v1.aiImageGenerator.create(IMAGE));
    api.revoke(source.current);
    secrets.push(source.current);
    outcomes['401'] = await outcomeOf(client.v1.aiImageGenerator.create(IMAGE));
    expect(outcomes['401']).toBeInstanceOf(sdk.ApiError);
    for (const [name, outcome] of Object.entries(outcomes))
      expect(findLeaks(outcome, secrets), name).toEqual([]);
    await provider.close();
  });

  it('shows a `token` in its errors and its client, as people use it, so the search is not blind', async () => {
    const token = makeTestKey();
    await using api = await startFakeMagicHourApi();
    const client = new sdk.default({ baseUrl: api.origin, token });
    const error = await outcomeOf(client.v1.aiImageGenerator.create(IMAGE));
    const sinksOf = (shown: unknown): string[] => findLeaks(shown, [token]).map(({ sink }) => sink);
    expect(sinksOf(error)).toEqual(expect.arrayContaining(['inspect', 'console.log', 'JSON.stringify']));
    expect(sinksOf(client)).toContain('JSON.stringify');
  });
});
