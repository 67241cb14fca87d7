import { describe, expect, it } from 'vitest';
import { bindMagicHour, createMagicHourClient } from '@magic-hour-keys/http/magic-hour';
import { makeTestKey } from '@magic-hour-keys/testing';
import { createHandWrittenProvider } from '../../unit/http/hand-written-provider.ts';
import { startEchoServer } from './echo-server.ts';
import { allowLoopback } from './loopback-options.ts';
import { SDKS } from './magic-hour-sdks.ts';
import { IMAGE, outcomeOf, startMagicHourWorld, statusOf, VIDEO } from './magic-hour-world.ts';

describe.each(SDKS)('$name', (sdk) => {
  it('creates an image and a video with the key, and finds them again', async () => {
    await using world = await startMagicHourWorld(sdk);
    const { client, api, source } = world;
    const image = await client.v1.aiImageGenerator.create(IMAGE);
    const video = await client.v1.textToVideo.create(VIDEO);
    await expect(client.v1.imageProjects.get({ id: image.id })).resolves.toMatchObject({
      status: 'complete',
    });
    await expect(client.v1.videoProjects.get({ id: video.id })).resolves.toMatchObject({ fps: 30 });
    await client.v1.imageProjects.delete({ id: image.id });
    expect(await statusOf(client.v1.imageProjects.get({ id: image.id }))).toBe(404);
    expect(api.requests.map(({ authorization }) => authorization)).toEqual(
      Array(6).fill(`Bearer ${source.current}`),
    );
    expect(source.reads).toEqual(['initial']);
  });

  it('sends what the SDK sends, and the key besides', async () => {
    await using world = await startMagicHourWorld(sdk);
    const { client, api, source } = world;
    const opts = { additionalHeaders: { 'X-Mine': '1' }, additionalQuery: { page: '2' } };
    await client.v1.aiImageGenerator.create(IMAGE, opts);
    await new sdk.default({ baseUrl: api.origin, token: source.current }).v1.aiImageGenerator.create(
      IMAGE,
      opts,
    );
    const [ours, theirs] = api.requests;
    expect(ours?.path).toContain('page=2');
    expect({ ...ours }).toEqual({ ...theirs });
  });

  it('makes a call that got a 401 once more with the next key', async () => {
    await using world = await startMagicHourWorld(sdk);
    const { client, api, source, events } = world;
    await client.v1.aiImageGenerator.create(IMAGE);
    world.rotate();
    api.clearRequests();
    await expect(client.v1.aiImageGenerator.create(IMAGE)).resolves.toHaveProperty('id');
    expect(api.requests.map(({ status, method }) => [status, method])).toEqual([
      [401, 'POST'],
      [200, 'POST'],
    ]);
    expect(api.requests[1]?.body).toBe(api.requests[0]?.body);
    expect(api.requests[1]?.body).toContain('lighthouse');
    expect(source.reads).toEqual(['initial', 'rejected']);
    expect(events).toMatchObject([{ type: 'unauthorized', method: 'POST', outcome: 'replayed' }]);
  });

  it.each([
    ['uses the connection of a 401 again', 30_000, 1],
    ['closes the connection of a 401 that is too long to be read', 300_000, 6],
  ])('%s', async (_, unauthorizedBodyBytes, connections) => {
    await using world = await startMagicHourWorld(sdk, { api: { unauthorizedBodyBytes } });
    const { client, api } = world;
    await client.v1.aiImageGenerator.create(IMAGE);
    for (let rotation = 0; rotation < 5; rotation += 1) {
      world.rotate();
      await expect(client.v1.aiImageGenerator.create(IMAGE)).resolves.toHaveProperty('id');
    }
    expect(api.statusCounts).toEqual({ 200: 6, 401: 5 });
    expect(api.connections).toBeLessThanOrEqual(connections);
    await expect.poll(() => api.openConnections, { timeout: 20_000 }).toBeLessThanOrEqual(1);
  });

  it("takes the second call's 401 as final", async () => {
    await using world = await startMagicHourWorld(sdk, { api: { mode: 'unauthorized' } });
    const { client, api, provider, source } = world;
    await provider.getKey();
    source.rotate();
    expect(await statusOf(client.v1.aiImageGenerator.create(IMAGE))).toBe(401);
    expect(api.statusCounts).toEqual({ 401: 2 });
  });

  it("gives me the SDK's own error when there is no other key, with the answer unread", async () => {
    await using world = await startMagicHourWorld(sdk);
    world.api.revoke(world.source.current);
    const error = await outcomeOf(world.client.v1.aiImageGenerator.create(IMAGE));
    expect(error).toBeInstanceOf(sdk.ApiError);
    const { message, request, response } = error as InstanceType<typeof sdk.ApiError>;
    expect(message).toBe('401 was returned from post /v1/ai-image-generator');
    expect(request).toMatchObject({ path: '/v1/ai-image-generator', auth: ['bearerAuth'] });
    expect(request.headers).toBeUndefined();
    await expect(response.json()).resolves.toEqual({ message: 'Unauthorized' });
    expect(world.api.statusCounts).toEqual({ 401: 1 });
    expect(world.events).toMatchObject([{ outcome: 'no-other-key' }]);
  });

  it.each([
    ['paymentRequired', 402],
    ['throttled', 429],
    ['broken', 500],
  ] as const)('leaves the key alone when the API is %s', async (mode, status) => {
    await using world = await startMagicHourWorld(sdk, { api: { mode, retryAfterSeconds: 7 } });
    const error = await outcomeOf(world.client.v1.aiImageGenerator.create(IMAGE));
    const { response } = error as InstanceType<typeof sdk.ApiError>;
    expect(response.status).toBe(status);
    expect(response.headers.get('retry-after')).toBe(status === 429 ? '7' : null);
    expect(world.api.requests).toHaveLength(1);
    expect(world.source.reads).toEqual(['initial']);
    expect(world.events).toEqual([]);
  });

  it("gives up when the SDK's own time is over, and sends nothing twice", async () => {
    await using world = await startMagicHourWorld(sdk, { client: { timeout: 50 } });
    world.api.hold();
    await expect(world.client.v1.aiImageGenerator.create(IMAGE)).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(world.api.requests).toHaveLength(1);
    expect(world.source.reads).toEqual(['initial']);
  });

  it.each([
    ['does not end', () => ({ chunks: endlessly() })],
    ['is cut', () => ({ text: '{"message":"Unauthorized"}', truncated: true })],
  ])('gives up a 401 that %s, and makes the call once more', async (_, makeAnswer) => {
    await using world = await startMagicHourWorld(sdk, {
      api: {
        onRequest: ({ authorization }) =>
          authorization === `Bearer ${world.source.current}` ? undefined : { status: 401, ...makeAnswer() },
      },
    });
    await world.provider.getKey();
    world.rotate();
    await expect(world.client.v1.aiImageGenerator.create(IMAGE)).resolves.toHaveProperty('id');
    expect(world.api.statusCounts).toEqual({ 401: 1, 200: 1 });
  });

  it('waits for an answer that is slow', async () => {
    await using world = await startMagicHourWorld(sdk, { api: { mode: { delayMs: 30 } } });
    await expect(world.client.v1.aiImageGenerator.create(IMAGE)).resolves.toHaveProperty('id');
  });

  it('never makes a call twice when I said "never", and the next call has the next key', async () => {
    await using world = await startMagicHourWorld(sdk, { bind: { replay: 'never' } });
    const { client, api } = world;
    await client.v1.aiImageGenerator.create(IMAGE);
    world.rotate();
    expect(await statusOf(client.v1.aiImageGenerator.create(IMAGE))).toBe(401);
    await client.v1.aiImageGenerator.create(IMAGE);
    expect(api.statusCounts).toEqual({ 200: 2, 401: 1 });
  });

  it('rejects with the reason of the store when there is no key, and sends nothing', async () => {
    await using world = await startMagicHourWorld(sdk);
    world.source.remove();
    await expect(world.client.v1.aiImageGenerator.create(IMAGE)).rejects.toMatchObject({ code: 'not_found' });
    expect(world.api.requests).toEqual([]);
  });

  it('gives the raw response to who asks for it', async () => {
    await using world = await startMagicHourWorld(sdk);
    const response = await world.client.v1.aiImageGenerator.create(IMAGE).asResponse();
    expect(response.status).toBe(200);
    await expect(response.json()).resolves.toHaveProperty('credits_charged', 5);
  });

  it.each(['authorization', 'Authorization', 'AUTHORIZATION'])(
    'sends my own %s untouched: no key, no renewal, no second call',
    async (name) => {
      await using world = await startMagicHourWorld(sdk, { client: { token: makeTestKey() } });
      const opts = { additionalHeaders: { [name]: 'Basic mine' } };
      expect(await statusOf(world.client.v1.aiImageGenerator.create(IMAGE, opts))).toBe(401);
      expect(world.api.requests.map(({ authorization }) => authorization)).toEqual(['Basic mine']);
      expect(world.source.reads).toEqual([]);
    },
  );

  it('takes no notice of a token that the client was made with', async () => {
    const old = makeTestKey();
    await using world = await startMagicHourWorld(sdk, { client: { token: old } });
    await world.client.v1.aiImageGenerator.create(IMAGE);
    expect(world.api.requests[0]?.authorization).toBe(`Bearer ${world.source.current}`);
  });

  it('works for a client that was made with `apiKey`, which the SDK does not know', async () => {
    const trap: object = { apiKey: makeTestKey() };
    await using world = await startMagicHourWorld(sdk, { client: trap });
    await expect(world.client.v1.aiImageGenerator.create(IMAGE)).resolves.toHaveProperty('id');
    // Without us it sends no header at all.
    const alone = new sdk.default({ baseUrl: world.api.origin, ...trap });
    expect(await statusOf(alone.v1.aiImageGenerator.create(IMAGE))).toBe(401);
    expect(world.api.requests[1]?.authorization).toBeUndefined();
  });

  it('sends another origin neither the key nor the token, and tells me', async () => {
    await using elsewhere = await startEchoServer((_, response) => response.writeHead(404).end());
    const token = makeTestKey();
    await using world = await startMagicHourWorld(sdk, { client: { baseUrl: elsewhere.origin, token } });
    expect(await statusOf(world.client.v1.aiImageGenerator.create(IMAGE))).toBe(404);
    expect(elsewhere.arrived).toHaveLength(1);
    expect(elsewhere.arrived[0]?.headers.authorization).toBeUndefined();
    expect(world.events).toEqual([{ type: 'foreign-origin', origin: elsewhere.origin }]);
    expect(world.source.reads).toEqual([]);
  });

  it('refuses another origin when I ask for that, and the API over plain http always', async () => {
    const provider = createHandWrittenProvider();
    const foreign = new sdk.default({ baseUrl: 'https://evil.test' });
    bindMagicHour(provider, foreign, { foreignOrigin: 'error' });
    const plain = new sdk.default({ baseUrl: 'http://api.magichour.ai' });
    bindMagicHour(provider, plain);
    for (const client of [foreign, plain]) {
      await expect(client.v1.aiImageGenerator.create(IMAGE)).rejects.toMatchObject({
        code: 'origin_not_allowed',
      });
    }
    expect(provider.peeks).toBe(0);
  });

  it('is as it was when I take the key away again', async () => {
    await using world = await startMagicHourWorld(sdk);
    const members = Object.getOwnPropertyNames(Reflect.get(new sdk.default(), '_client'));
    world.unbind();
    expect(Object.getOwnPropertyNames(Reflect.get(world.client, '_client'))).toEqual(members);
    expect(await statusOf(world.client.v1.aiImageGenerator.create(IMAGE))).toBe(401);
    expect(world.api.requests[0]?.authorization).toBeUndefined();
  });

  it('takes the key of the provider that was bound last', async () => {
    await using world = await startMagicHourWorld(sdk);
    const other = createHandWrittenProvider();
    world.api.accept(other.current.reveal());
    const unbind = bindMagicHour(other, world.client, allowLoopback(world.api.origin));
    await world.client.v1.aiImageGenerator.create(IMAGE);
    expect(world.api.requests[0]?.authorization).toBe(`Bearer ${other.current.reveal()}`);
    unbind();
    await world.client.v1.aiImageGenerator.create(IMAGE);
    expect(world.api.requests[1]?.authorization).toBe(`Bearer ${world.source.current}`);
  });

  it('is made in one step, from the class or from what an ES module imports', async () => {
    await using world = await startMagicHourWorld(sdk);
    const options = { baseUrl: world.api.origin, timeout: 5000, ...allowLoopback(world.api.origin) };
    for (const Client of [sdk.default, sdk]) {
      const client = createMagicHourClient(world.provider, Client, options);
      expect(client).toBeInstanceOf(sdk.default);
      await expect(client.v1.aiImageGenerator.create(IMAGE)).resolves.toHaveProperty('id');
    }
  });
});

async function* endlessly(): AsyncGenerator<string> {
  for (;;) {
    yield 'x'.repeat(10_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
