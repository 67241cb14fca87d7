import { GraphQLClient } from 'graphql-request';
import ky from 'ky';
import { ofetch } from 'ofetch';
import createClient from 'openapi-fetch';
import { describe, expect, it } from 'vitest';
import { createFetch } from '@magic-hour-keys/http';
import { findLeaks, startFakeMagicHourApi } from '@magic-hour-keys/testing';
import { createHandWrittenProvider } from '../../unit/http/hand-written-provider.ts';
import { startEchoServer } from './echo-server.ts';
import { allowLoopback } from './loopback-options.ts';

/** An API that has just stopped to accept the key in memory, and a store that has the next one. */
async function startRotated() {
  let next = '';
  const provider = createHandWrittenProvider({ renew: async () => provider.use(next) });
  const old = provider.current.reveal();
  next = `${old}x`;
  const api = await startFakeMagicHourApi({ accept: [next] });
  const fetch = createFetch(provider, allowLoopback(api.origin));
  return { provider, api, fetch, secrets: [old, next], [Symbol.asyncDispose]: () => api.close() };
}

function statuses(api: { readonly requests: readonly { readonly status: number | undefined }[] }): unknown[] {
  return api.requests.map(({ status }) => status);
}

const GENERATE = '/v1/ai-image-generator';

describe('the one line that the README has for a client', () => {
  it('works for ky', async () => {
    await using world = await startRotated();
    const { fetch, api } = world;
    const client = ky.extend({ fetch });
    await expect(client.post(api.origin + GENERATE, { json: { a: 1 } }).json()).resolves.toHaveProperty('id');
    expect(statuses(api)).toEqual([401, 200]);
  });

  it('works for ofetch', async () => {
    await using world = await startRotated();
    const { fetch, api } = world;
    const client = ofetch.create({}, { fetch });
    await expect(client(api.origin + GENERATE, { method: 'POST', body: { a: 1 } })).resolves.toHaveProperty(
      'id',
    );
    expect(statuses(api)).toEqual([401, 200]);
  });

  it('works for openapi-fetch', async () => {
    await using world = await startRotated();
    const { fetch, api } = world;
    const client = createClient<{ '/v1/ai-image-generator': { post: { responses: { 200: never } } } }>({
      baseUrl: api.origin,
      fetch,
    });
    const { data } = await client.POST('/v1/ai-image-generator', { body: { a: 1 } as never });
    expect(data).toHaveProperty('id');
    expect(statuses(api)).toEqual([401, 200]);
  });

  it('works for graphql-request', async () => {
    const provider = createHandWrittenProvider();
    await using echo = await startEchoServer((_, response) => {
      response.setHeader('content-type', 'application/json');
      response.end('{"data":{"a":1}}');
    });
    const fetch = createFetch(provider, allowLoopback(echo.origin));
    const client = new GraphQLClient(`${echo.origin}/graphql`, { fetch });
    await expect(client.request('{ a }')).resolves.toEqual({ a: 1 });
    expect(echo.arrived[0]?.headers.authorization).toBe(`Bearer ${provider.current.reveal()}`);
  });
});

describe('retries of the client', () => {
  it('of ky do not multiply the replay', async () => {
    await using world = await startRotated();
    const { api, fetch } = world;
    api.setMode('unauthorized');
    const retry = { limit: 2, methods: ['post'], statusCodes: [401], delay: () => 1 };
    await ky
      .extend({ fetch })
      .post(api.origin + GENERATE, { json: {}, retry })
      .catch(() => undefined);
    // Once, our replay, and the two that were asked for.
    expect(api.requests.length).toBeLessThanOrEqual(5);
    expect(api.requests.length).toBeGreaterThanOrEqual(4);
  });

  it('of ofetch do not multiply the replay', async () => {
    await using world = await startRotated();
    const { api, fetch } = world;
    api.setMode('unauthorized');
    const options = { method: 'POST', body: {}, retry: 2, retryDelay: 1, retryStatusCodes: [401] };
    await ofetch
      .create({}, { fetch })(api.origin + GENERATE, options)
      .catch(() => undefined);
    expect(api.requests.length).toBeLessThanOrEqual(5);
    expect(api.requests.length).toBeGreaterThanOrEqual(4);
  });
});

describe('errors of the client', () => {
  it('hold no key', async () => {
    await using world = await startRotated();
    const { api, fetch, secrets } = world;
    api.setMode('unauthorized');
    const errors = [
      await ky
        .extend({ fetch })
        .post(api.origin + GENERATE, { json: {} })
        .catch((error: unknown) => error),
      await ofetch
        .create(
          {},
          { fetch },
        )(api.origin + GENERATE)
        .catch((error: unknown) => error),
      await new GraphQLClient(api.origin + GENERATE, { fetch })
        .request('{ a }')
        .catch((error: unknown) => error),
    ];
    for (const error of errors) {
      expect(error).toBeInstanceOf(Error);
      expect(findLeaks(error, secrets)).toEqual([]);
    }
  });
});
