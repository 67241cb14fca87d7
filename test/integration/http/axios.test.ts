import { Agent } from 'node:https';
import axios, { AxiosError, type AxiosInstance } from 'axios';
import { describe, expect, it } from 'vitest';
import { bindAxios } from '@magic-hour-keys/http/axios';
import { startFakeMagicHourApi } from '@magic-hour-keys/testing';
import { createHandWrittenProvider } from '../../unit/http/hand-written-provider.ts';
import { startEchoServer } from './echo-server.ts';
import { allowLoopback } from './loopback-options.ts';
import { redirectWhenAsked, startSmallInternet } from './small-internet.ts';
import { startTunnelProxy } from './tunnel-proxy.ts';

const { getAdapter } = axios;

/** An API that has just stopped to accept the key in memory, and a store that has the next one. */
async function startRotated(configure: (instance: AxiosInstance) => void = () => {}) {
  let next = '';
  const provider = createHandWrittenProvider({
    renew: async () => provider.use(next),
  });
  next = `${provider.current.reveal()}x`;
  const api = await startFakeMagicHourApi({ accept: [next] });
  const instance = axios.create({ baseURL: api.origin, adapter: 'http' });
  configure(instance);
  const eject = bindAxios(provider, instance, { ...allowLoopback(api.origin), getAdapter });
  return { provider, api, instance, eject, [Symbol.asyncDispose]: () => api.close() };
}

describe('interceptors of my own', () => {
  it('run once for a request that is replayed, and may give whatever they want', async () => {
    const ran = { request: 0, response: 0 };
    await using world = await startRotated((instance) => {
      instance.interceptors.request.use((config) => {
        ran.request += 1;
        return config;
      });
      instance.interceptors.response.use((response) => {
        ran.response += 1;
        return response.data as never;
      });
    });
    const data: unknown = await world.instance.post('/v1/ai-image-generator', { prompt: 'x' });
    expect(data).toHaveProperty('id');
    expect(ran).toEqual({ request: 1, response: 1 });
    expect(world.api.requests.map(({ status }) => status)).toEqual([401, 200]);
  });

  it('see no key, neither in the config nor in the response', async () => {
    const seen: unknown[] = [];
    await using world = await startRotated((instance) => {
      instance.interceptors.request.use((config) => {
        seen.push(config.headers.get('Authorization'));
        return config;
      });
      instance.interceptors.response.use((response) => {
        const { headers, httpAgent, httpsAgent, beforeRedirect } = response.config;
        seen.push(headers.get('Authorization'), httpAgent, httpsAgent, beforeRedirect);
        return response;
      });
    });
    await world.instance.post('/v1/ai-image-generator', {});
    expect(seen.filter(Boolean)).toEqual([]);
  });
});

describe('a 401', () => {
  it('is replayed as well where I said that no status is an error', async () => {
    await using world = await startRotated();
    const answer = await world.instance.post('/v1/ai-image-generator', {}, { validateStatus: null });
    expect(answer.status).toBe(200);
    expect(world.api.requests.map(({ body }) => body)).toEqual(['{}', '{}']);
  });

  it('is replayed for a streamed answer, whose refusal is read away', async () => {
    await using world = await startRotated();
    const answer = await world.instance.post('/v1/ai-image-generator', {}, { responseType: 'stream' });
    expect(answer.status).toBe(200);
    (answer.data as NodeJS.ReadableStream).resume();
  });

  it('comes as the error of axios when there is no other key', async () => {
    const provider = createHandWrittenProvider();
    await using api = await startFakeMagicHourApi();
    const instance = axios.create({ adapter: 'http' });
    bindAxios(provider, instance, { ...allowLoopback(api.origin), getAdapter });
    const error: unknown = await instance.get(`${api.origin}/v1/x`).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AxiosError);
    expect(error).toMatchObject({ response: { status: 401, data: { message: 'Unauthorized' } } });
    // Where programs look for it to tell an answer from none.
    expect((error as AxiosError).request).toBeDefined();
  });
});

describe('the URL', () => {
  it.each([
    ['an absolute URL beside a baseURL', 'http://127.0.0.1:9/x'],
    ['a protocol-relative URL', '//127.0.0.1:9/x'],
  ])('is judged as axios puts it together: %s', async (_, url) => {
    await using world = await startRotated();
    await using elsewhere = await startEchoServer();
    const target = url.replace('127.0.0.1:9', new URL(elsewhere.origin).host);
    await world.instance.get(target).catch(() => undefined);
    for (const { headers } of elsewhere.arrived) expect(headers.authorization).toBeUndefined();
    expect(world.api.requests).toEqual([]);
  });

  it.each(['/v1/x', 'v1/x', '', '/v1/x?url=https://evil.test/', './x', '/v1/a b'])(
    'stays with the baseURL for a path: %j',
    async (path) => {
      await using world = await startRotated();
      await world.instance.get(path).catch(() => undefined);
      expect(world.api.requests.map(({ authorization }) => authorization)).toEqual([
        expect.stringContaining('Bearer'),
        `Bearer ${world.provider.current.reveal()}`,
      ]);
    },
  );

  it('is not asked for a socket in the file system, which gets no key', async () => {
    await using world = await startRotated();
    await world.instance.get('/v1/x', { socketPath: '/nowhere/mhk.sock' }).catch(() => undefined);
    expect(world.provider.peeks).toBe(0);
  });
});

describe('my own credentials', () => {
  it.each([
    ['auth', { auth: { username: 'me', password: 'mine' } }],
    ['no header at all', { headers: { Authorization: null } }],
  ])('are left alone: %s', async (_, config) => {
    await using world = await startRotated();
    await world.instance.get('/v1/x', config as object).catch(() => undefined);
    expect(world.api.requests).toHaveLength(1);
    expect(world.api.requests[0]?.authorization ?? 'Basic').toMatch(/^Basic/);
    expect(world.provider.refused).toEqual([]);
  });
});

describe('behind a proxy', () => {
  it('shows the proxy a tunnel, and never the key, and puts nothing into the config', async () => {
    await using internet = await startSmallInternet(redirectWhenAsked);
    await using proxy = await startTunnelProxy(internet.ports.secure);
    const provider = createHandWrittenProvider();
    const instance = axios.create({
      adapter: 'http',
      httpsAgent: new Agent({ rejectUnauthorized: false }),
      proxy: { protocol: 'http', host: '127.0.0.1', port: proxy.port },
    });
    bindAxios(provider, instance, { getAdapter });
    const answer = await instance.get('https://api.magichour.ai/v1/image-projects/1');
    expect(proxy.seen()).toMatch(/^CONNECT api\.magichour\.ai:443 /);
    expect(proxy.seen()).not.toContain(provider.current.reveal());
    expect(internet.arrivals).toMatchObject([{ authorization: `Bearer ${provider.current.reveal()}` }]);
    expect(answer.config.headers.get('Authorization')).toBeUndefined();
  });
});

describe('eject', () => {
  it('gives the instance its own adapter back', async () => {
    await using world = await startRotated();
    world.eject();
    expect(world.instance.defaults.adapter).toBe('http');
    await world.instance.get('/v1/x').catch(() => undefined);
    expect(world.api.requests[0]?.authorization).toBeUndefined();
  });

  it('leaves a mock alone that was put over it', async () => {
    await using world = await startRotated();
    const mock = async (): Promise<never> => Promise.reject(new Error('mocked'));
    world.instance.defaults.adapter = mock;
    world.eject();
    expect(world.instance.defaults.adapter).toBe(mock);
  });
});

it('a version without getAdapter is refused', () => {
  expect(() => bindAxios(createHandWrittenProvider(), axios.create(), {} as never)).toThrow(/getAdapter/);
});
