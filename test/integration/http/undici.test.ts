import { Agent, Client, interceptors, MockAgent, Pool, ProxyAgent, request, stream } from 'undici';
import { Pool as Pool6 } from 'undici-6';
import { describe, expect, it } from 'vitest';
import { bindDispatcher, createKeyInterceptor } from '@magic-hour-keys/http/undici';
import { startFakeMagicHourApi } from '@magic-hour-keys/testing';
import { createHandWrittenProvider } from '../../unit/http/hand-written-provider.ts';
import { startEchoServer } from './echo-server.ts';
import { allowLoopback } from './loopback-options.ts';
import { redirectWhenAsked, startSmallInternet } from './small-internet.ts';
import { startTunnelProxy } from './tunnel-proxy.ts';

async function startApi() {
  const provider = createHandWrittenProvider();
  const echo = await startEchoServer();
  return {
    provider,
    echo,
    options: allowLoopback(echo.origin),
    [Symbol.asyncDispose]: echo[Symbol.asyncDispose],
  };
}

describe('headers in every form that undici takes', () => {
  it.each<[string, () => unknown]>([
    ['an object', () => ({ 'x-a': '1' })],
    ['an object with a list', () => ({ 'x-a': ['1'] })],
    ['names and values in turn', () => ['x-a', '1']],
    ['Headers', () => new Headers({ 'x-a': '1' })],
    ['a Map', () => new Map([['x-a', '1']])],
    ['a generator', () => new Map([['x-a', '1']]).entries()],
    ['pairs', () => [['x-a', '1']]],
  ])('get the key beside mine: %s', async (_, makeHeaders) => {
    await using world = await startApi();
    const { provider, echo, options } = world;
    const agent = new Agent();
    bindDispatcher(provider, agent, options);
    await request(echo.origin, { dispatcher: agent, headers: makeHeaders() as Record<string, string> });
    expect(echo.arrived[0]?.headers).toMatchObject({
      'x-a': '1',
      authorization: `Bearer ${provider.current.reveal()}`,
    });
    await agent.close();
  });

  it.each<[string, () => unknown]>([
    ['an object', () => ({ AUTHORIZATION: 'Basic mine' })],
    ['names and values in turn', () => ['x-a', '1', 'Authorization', 'Basic mine']],
    ['Headers', () => new Headers({ authorization: 'Basic mine' })],
    ['a generator', () => new Map([['authorization', 'Basic mine']]).entries()],
  ])('keep my own Authorization: %s', async (_, makeHeaders) => {
    await using world = await startApi();
    const { provider, echo, options } = world;
    const agent = new Agent();
    bindDispatcher(provider, agent, options);
    await request(echo.origin, { dispatcher: agent, headers: makeHeaders() as Record<string, string> });
    expect(echo.arrived[0]?.headers.authorization).toBe('Basic mine');
    await agent.close();
  });
});

describe('a dispatcher for one origin', () => {
  it.each([
    ['Client', (origin: string) => new Client(origin)],
    ['Pool', (origin: string) => new Pool(origin)],
    ['Pool of undici 6', (origin: string) => new Pool6(origin) as unknown as Pool],
  ])('tells me to name its origin, and sends nothing before: %s', async (_, open) => {
    await using world = await startApi();
    const { provider, echo, options } = world;
    const unnamed = open(echo.origin);
    bindDispatcher(provider, unnamed, options);
    const refused = unnamed.request({ path: '/', method: 'GET' });
    await expect(refused).rejects.toMatchObject({
      code: 'invalid_config',
      hint: expect.stringContaining('origin'),
    });
    expect(echo.arrived).toEqual([]);

    const named = open(echo.origin);
    bindDispatcher(provider, named, { ...options, origin: echo.origin });
    await named.request({ path: '/', method: 'GET' });
    expect(echo.arrived[0]?.headers.authorization).toBe(`Bearer ${provider.current.reveal()}`);
    await unnamed.destroy();
    await named.destroy();
  });
});

describe('a bound dispatcher', () => {
  it('gets its own dispatch back', async () => {
    await using world = await startApi();
    const { provider, echo, options } = world;
    const agent = new Agent();
    const eject = bindDispatcher(provider, agent, options);
    expect(Object.hasOwn(agent, 'dispatch')).toBe(true);
    eject();
    expect(Object.hasOwn(agent, 'dispatch')).toBe(false);
    await request(echo.origin, { dispatcher: agent });
    expect(echo.arrived[0]?.headers.authorization).toBeUndefined();
    await agent.close();
  });

  it('leaves alone what somebody else has put over it', async () => {
    const agent = new MockAgent();
    const eject = bindDispatcher(createHandWrittenProvider(), agent);
    const theirs: typeof agent.dispatch = () => true;
    agent.dispatch = theirs;
    eject();
    expect(agent.dispatch).toBe(theirs);
    await agent.close();
  });

  it('is refused for what is no dispatcher', () => {
    expect(() => bindDispatcher(createHandWrittenProvider(), {} as Agent)).toThrow(/dispatcher/);
  });
});

describe('with other interceptors', () => {
  it('is not multiplied by the retries of undici', async () => {
    const provider = createHandWrittenProvider();
    await using api = await startFakeMagicHourApi({ mode: 'unauthorized' });
    const key = createKeyInterceptor(provider, allowLoopback(api.origin));
    const retry = interceptors.retry({ statusCodes: [401], maxRetries: 3, minTimeout: 1, maxTimeout: 1 });
    const agent = new Agent();
    provider.use(provider.current.reveal());
    const answered = request(api.origin, { method: 'GET', dispatcher: agent.compose(key, retry) });
    await answered.then(
      ({ body }) => body.text(),
      () => undefined,
    );
    // The key is the only one, so nothing of ours is sent twice: the first, and the three retries that were asked for.
    expect(api.requests).toHaveLength(4);
    await agent.destroy();
  });

  it('judges the hop that major 6 makes by its own option', async () => {
    await using internet = await startSmallInternet(redirectWhenAsked);
    const { Agent: Agent6, request: request6 } = await import('undici-6');
    const provider = createHandWrittenProvider();
    const agent = new Agent6({ connect: internet.connect as never });
    bindDispatcher(provider, agent);
    for (const to of ['https://files.api.magichour.ai/next', 'https://api.magichour.ai:8443/next']) {
      const url = `https://api.magichour.ai/go?${new URLSearchParams({ to }).toString()}`;
      await request6(url, { dispatcher: agent, maxRedirections: 3 });
      expect(internet.arrivals.at(-1)).toMatchObject({ at: new URL(to).origin, authorization: undefined });
    }
    await agent.destroy();
  });
});

describe('a stream of undici', () => {
  it('gets the answer of the replay alone', async () => {
    const provider = createHandWrittenProvider();
    const next = `${provider.current.reveal()}x`;
    await using api = await startFakeMagicHourApi({ accept: [next], unauthorizedBodyBytes: 30_000 });
    const agent = new Agent();
    bindDispatcher(provider, agent, allowLoopback(api.origin));
    const url = `${api.origin}/v1/ai-image-generator`;
    const chunks: Buffer[] = [];
    const { PassThrough } = await import('node:stream');
    const streamed = stream(
      url,
      { method: 'POST', body: '{}', dispatcher: agent, opaque: chunks },
      ({ statusCode }) => {
        expect(statusCode).toBe(200);
        return new PassThrough().on('data', (chunk: Buffer) => chunks.push(chunk));
      },
    );
    provider.use(next);
    await streamed;
    expect(JSON.parse(Buffer.concat(chunks).toString())).toHaveProperty('id');
    await agent.destroy();
  });
});

describe('behind a proxy', () => {
  it('shows the proxy a tunnel, and never the key', async () => {
    await using internet = await startSmallInternet(redirectWhenAsked);
    await using proxy = await startTunnelProxy(internet.ports.secure);
    const provider = createHandWrittenProvider();
    const agent = new ProxyAgent({ uri: proxy.url, requestTls: { rejectUnauthorized: false } });
    bindDispatcher(provider, agent);
    await request('https://api.magichour.ai/v1/image-projects/1', { dispatcher: agent });
    expect(proxy.seen()).toMatch(/^CONNECT api\.magichour\.ai:443 /);
    expect(proxy.seen()).not.toContain(provider.current.reveal());
    expect(internet.arrivals).toMatchObject([{ authorization: `Bearer ${provider.current.reveal()}` }]);
    await agent.destroy();
  });
});
