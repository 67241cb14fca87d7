import http, { type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { KeyProvider } from '@magic-hour-keys/core';
import { createKeyAgents, createRequest } from '@magic-hour-keys/http/node';
import { findLeaks, startFakeMagicHourApi } from '@magic-hour-keys/testing';
import { createHandWrittenProvider } from '../../unit/http/hand-written-provider.ts';
import { startEchoServer } from './echo-server.ts';
import { allowLoopback } from './loopback-options.ts';

describe('the request helper', () => {
  it.each(['host', 'hostname', 'port', 'path', 'protocol', 'socketPath', 'auth', 'defaultPort'])(
    'takes the address from the URL alone, and refuses the option %s',
    async (name) => {
      const provider = createHandWrittenProvider();
      const request = createRequest(provider);
      const options = { [name]: 'evil.test' } as object;
      await expect(request('https://api.magichour.ai/', options)).rejects.toMatchObject({
        code: 'invalid_config',
        message: expect.stringContaining(name),
      });
      expect(provider.peeks).toBe(0);
    },
  );

  it('sends the headers and the body as they were when I called, though I change them while the key is read', async () => {
    const provider = createHandWrittenProvider({ warm: false });
    await using echo = await startEchoServer();
    const headers = { 'x-a': '1' };
    const sent = createRequest(provider, allowLoopback(echo.origin))(echo.origin, {
      method: 'PUT',
      headers,
      body: 'b',
    });
    headers['x-a'] = '2';
    (await sent).resume();
    expect(echo.arrived).toMatchObject([{ method: 'PUT', body: 'b', headers: { 'x-a': '1' } }]);
  });

  it('fails with the error of a stream that breaks', async () => {
    await using echo = await startEchoServer();
    const request = createRequest(createHandWrittenProvider(), allowLoopback(echo.origin));
    const body = (async function* () {
      yield 'half';
      throw new Error('the file is gone');
    })();
    await expect(request(echo.origin, { method: 'PUT', body })).rejects.toThrow('the file is gone');
  });
});

describe('key agents', () => {
  async function send(
    agent: http.Agent,
    url: string,
    options: http.RequestOptions = {},
  ): Promise<IncomingMessage> {
    const request = http.request(url, { agent, ...options }).end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return response.resume();
  }

  it('fail a request for which no key is in memory, and have one for the next', async () => {
    let isWarm = false;
    const { current, ...others } = createHandWrittenProvider();
    const provider: KeyProvider = {
      ...others,
      peek: () => (isWarm ? current : undefined),
      async getKey() {
        isWarm = true;
        return current;
      },
    };
    await using echo = await startEchoServer();
    const agents = createKeyAgents(provider, allowLoopback(echo.origin));
    await expect(send(agents.http, echo.origin)).rejects.toMatchObject({
      code: 'unavailable',
      hint: expect.stringContaining('getKey()'),
    });
    expect((await send(agents.http, echo.origin)).statusCode).toBe(200);
    expect(echo.arrived).toHaveLength(1);
    agents.http.destroy();
  });

  it('judge where a request really goes, not what its Host header says', async () => {
    await using echo = await startEchoServer();
    const provider = createHandWrittenProvider();
    const agents = createKeyAgents(provider);
    await send(agents.http, echo.origin, { headers: { host: 'api.magichour.ai' } });
    expect(echo.arrived[0]?.headers.authorization).toBeUndefined();
    // The options of an agent win over those of its requests.
    const astray = new http.Agent({ host: '127.0.0.1', port: echo.port });
    const trusting = createKeyAgents(provider, {
      ...allowLoopback('http://localhost:9'),
      agents: { http: astray },
    });
    await send(trusting.http, 'http://localhost:9/');
    expect(echo.arrived[1]?.headers.authorization).toBeUndefined();
    agents.http.destroy();
    astray.destroy();
  });

  it('keep the user name and password of mine', async () => {
    await using echo = await startEchoServer();
    const agents = createKeyAgents(createHandWrittenProvider(), allowLoopback(echo.origin));
    await send(agents.http, echo.origin, { auth: 'me:mine' });
    expect(echo.arrived[0]?.headers.authorization).toMatch(/^Basic/);
    agents.http.destroy();
  });

  it('use connections again, and those of the agent that they wrap', async () => {
    const provider = createHandWrittenProvider();
    await using api = await startFakeMagicHourApi({ accept: [provider.current.reveal()] });
    const mine = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const agents = createKeyAgents(provider, { ...allowLoopback(api.origin), agents: { http: mine } });
    for (let call = 0; call < 5; call += 1) {
      await once(await send(agents.http, `${api.origin}/v1/image-projects/1`), 'end');
    }
    expect(api.connections).toBe(1);
    expect(api.statusCounts).toEqual({ 404: 5 });
    mine.destroy();
  });

  it('let an answer go for which nobody listens, as Node does', async () => {
    const provider = createHandWrittenProvider();
    await using api = await startFakeMagicHourApi({ accept: [provider.current.reveal()] });
    const agents = createKeyAgents(provider, {
      ...allowLoopback(api.origin),
      agents: { http: new http.Agent({ keepAlive: true, maxSockets: 1 }) },
    });
    http.get(`${api.origin}/v1/image-projects/1`, { agent: agents.http });
    // The second one waits for the connection of the first.
    const second = await send(agents.http, `${api.origin}/v1/image-projects/1`);
    expect(second.statusCode).toBe(404);
    agents.http.destroy();
  });
});

describe('a request that was sent', () => {
  it('holds no key any more, and had it until then', async () => {
    const provider = createHandWrittenProvider();
    const key = provider.current.reveal();
    await using api = await startFakeMagicHourApi({ accept: [key] });
    const agents = createKeyAgents(provider, allowLoopback(api.origin));
    const request = http.get(`${api.origin}/v1/x`, { agent: agents.http });
    expect(request.getHeader('authorization')).toBe(`Bearer ${key}`);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    expect(api.requests[0]?.authorization).toBe(`Bearer ${key}`);
    expect(request.getHeader('authorization')).toBeUndefined();
    expect(request.headersSent).toBe(true);
    expect(findLeaks(response, [key])).toEqual([]);
    response.resume();
    agents.http.destroy();
  });

  it('ends the process by an error that nobody handles, as without us', async () => {
    await using gone = await startEchoServer();
    await gone[Symbol.asyncDispose]();
    const agents = createKeyAgents(createHandWrittenProvider(), allowLoopback(gone.origin));
    const request = http.get(gone.origin, { agent: agents.http });
    expect(request.listenerCount('error')).toBe(0);
    await expect(once(request, 'error')).resolves.toMatchObject([{ code: 'ECONNREFUSED' }]);
  });
});
