import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { got } from 'got';
import { describe, expect, it } from 'vitest';
import { createGotOptions, type GotOptions } from '@magic-hour-keys/http/got';
import { startFakeMagicHourApi, type FakeMagicHourApiOptions } from '@magic-hour-keys/testing';
import { createHandWrittenProvider } from '../../unit/http/hand-written-provider.ts';
import { allowLoopback } from './loopback-options.ts';

/** An API that has just stopped to accept the key in memory, and a store that has the next one. */
async function startRotated(options: GotOptions = {}, apiOptions: FakeMagicHourApiOptions = {}) {
  let next = '';
  const provider = createHandWrittenProvider({ renew: async () => provider.use(next) });
  next = `${provider.current.reveal()}x`;
  const api = await startFakeMagicHourApi({ accept: [next], ...apiOptions });
  const keyed = got.extend(createGotOptions(provider, { ...allowLoopback(api.origin), ...options }));
  const url = `${api.origin}/v1/ai-image-generator`;
  return { provider, api, keyed, url, [Symbol.asyncDispose]: () => api.close() };
}

function statuses(api: { readonly requests: readonly { readonly status: number | undefined }[] }): unknown[] {
  return api.requests.map(({ status }) => status);
}

describe('got', () => {
  it.each([
    ['json', { json: { prompt: 'x' } }],
    ['form', { form: { prompt: 'x' } }],
  ])('sends its own bodies again: %s', async (_, body) => {
    await using world = await startRotated();
    await expect(world.keyed.post(world.url, body as object).json()).resolves.toHaveProperty('id');
    expect(statuses(world.api)).toEqual([401, 200]);
    expect(world.api.requests[1]?.body).toBe(world.api.requests[0]?.body);
  });

  it('sees a refusal that came packed', async () => {
    const packed = gzipSync('{"message":"Unauthorized"}');
    let refusals = 0;
    await using world = await startRotated(
      {},
      {
        onRequest: () =>
          refusals++ === 0
            ? { status: 401, headers: { 'content-encoding': 'gzip' }, chunks: [packed] }
            : undefined,
      },
    );
    await expect(world.keyed.post(world.url).json()).resolves.toHaveProperty('id');
  });

  it('does not multiply our replay by its retries', async () => {
    await using world = await startRotated({}, { mode: 'unauthorized', accept: [] });
    const retry = { limit: 2, methods: ['POST' as const], statusCodes: [401], calculateDelay: limitedDelay };
    await world.keyed.post(world.url, { retry }).catch(() => undefined);
    // Once, our replay, which got counts as one of its two, and the other one.
    expect(world.api.requests).toHaveLength(3);
  });

  it('runs my hooks beside ours, and mine see no key', async () => {
    const seen: unknown[] = [];
    await using world = await startRotated();
    const mine = world.keyed.extend({
      hooks: {
        beforeRequest: [(options) => void seen.push(options.headers['authorization'])],
        afterResponse: [(response) => response],
      },
    });
    await mine.post(world.url);
    expect(seen.filter(Boolean)).toEqual([]);
    expect(statuses(world.api)).toEqual([401, 200]);
  });

  it('gives a stream its 401, and the next one has the next key', async () => {
    await using world = await startRotated();
    const options = { method: 'POST', body: '{}', throwHttpErrors: false } as const;
    const first = await text(world.keyed.stream(world.url, options));
    expect(JSON.parse(first)).toEqual({ message: 'Unauthorized' });
    const second = await text(world.keyed.stream(world.url, options));
    expect(JSON.parse(second)).toHaveProperty('id');
    expect(world.provider.refused).toHaveLength(1);
  });

  it('sends the user name and password of mine, and no key', async () => {
    await using world = await startRotated();
    await world.keyed.post(world.url, { username: 'me', password: 'mine', throwHttpErrors: false });
    expect(statuses(world.api)).toEqual([401]);
    expect(world.api.requests[0]?.authorization).toMatch(/^Basic/);
    expect(world.provider.refused).toEqual([]);
  });

  it('takes a request function of mine to send with, also one that needs time', async () => {
    const { request } = await import('node:http');
    let calls = 0;
    await using world = await startRotated({
      request: async (url, options) => {
        calls += 1;
        return request(url, options);
      },
    });
    await expect(world.keyed.post(world.url).json()).resolves.toHaveProperty('id');
    expect(calls).toBe(2);
  });

  it('refuses HTTP/2, which it would silently not speak', async () => {
    await using world = await startRotated({ allowedOrigins: ['https://api.magichour.ai'] });
    const refused = world.keyed('https://api.magichour.ai/', { http2: true, retry: { limit: 0 } });
    await expect(refused).rejects.toMatchObject({ code: 'unsupported' });
  });
});

function limitedDelay({
  attemptCount,
  retryOptions,
}: {
  attemptCount: number;
  retryOptions: { limit?: number };
}): number {
  return attemptCount > (retryOptions.limit ?? 0) ? 0 : 1;
}
