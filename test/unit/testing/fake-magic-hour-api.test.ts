import { Agent, request as httpRequest } from 'node:http';
import { Readable } from 'node:stream';
import { listRedirectTargets, makeTestKey, startFakeMagicHourApi } from '@magic-hour-keys/testing';
import type { FakeMagicHourApi, FakeMagicHourApiOptions } from '@magic-hour-keys/testing';
import { afterEach, describe, expect, it } from 'vitest';

const started: FakeMagicHourApi[] = [];

async function start(options?: FakeMagicHourApiOptions): Promise<FakeMagicHourApi> {
  const api = await startFakeMagicHourApi(options);
  started.push(api);
  return api;
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((api) => api.close()));
});

function* endless(): Generator<string> {
  while (true) yield 'more '.repeat(1000);
}

interface Call {
  readonly method?: string;
  readonly key?: string;
  readonly body?: string;
  readonly redirect?: 'manual';
}

function call(api: FakeMagicHourApi, path: string, { key, ...init }: Call = {}): Promise<Response> {
  return fetch(`${api.origin}${path}`, {
    ...init,
    ...(key !== undefined && { headers: { authorization: `Bearer ${key}` } }),
  });
}

async function create(api: FakeMagicHourApi, key: string, path = '/v1/ai-image-generator'): Promise<string> {
  const response = await call(api, path, { method: 'POST', key, body: '{}' });
  const body: unknown = await response.json();
  if (typeof body !== 'object' || body === null || !('id' in body)) throw new Error('no id was given');
  return String(body.id);
}

const UNKNOWN = '/v1/image-projects/cannot-exist';

describe('authentication', () => {
  it('refuses a missing, an unknown and a malformed key with the documented body', async () => {
    const api = await start({ accept: [makeTestKey()] });
    const answers = await Promise.all([
      call(api, UNKNOWN),
      call(api, UNKNOWN, { key: makeTestKey() }),
      fetch(`${api.origin}${UNKNOWN}`, { headers: { authorization: 'Basic abc' } }),
    ]);
    for (const answer of answers) expect(answer.status).toBe(401);
    expect(await Promise.all(answers.map((answer) => answer.json()))).toEqual(
      Array.from({ length: 3 }, () => ({ message: 'Unauthorized' })),
    );
  });

  it('accepts a key until it is revoked', async () => {
    const api = await start();
    const key = makeTestKey();
    expect((await call(api, UNKNOWN, { key })).status).toBe(401);
    api.accept(key);
    expect((await call(api, UNKNOWN, { key })).status).toBe(404);
    api.revoke(key);
    expect((await call(api, UNKNOWN, { key })).status).toBe(401);
  });

  it('reads the scheme in any case, as HTTP demands', async () => {
    const key = makeTestKey();
    const api = await start({ accept: [key] });
    const answer = await fetch(`${api.origin}${UNKNOWN}`, { headers: { authorization: `bearer ${key}` } });
    expect(answer.status).toBe(404);
  });
});

describe('routes', () => {
  it('creates an image for five credits', async () => {
    const key = makeTestKey();
    const api = await start({ accept: [key] });
    const answer = await call(api, '/v1/ai-image-generator', {
      method: 'POST',
      key,
      body: '{"image_count":1}',
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(await answer.text()).toMatch(/^\{"id":"[^"]+","frame_cost":5,"credits_charged":5\}$/);
  });

  it.each([
    ['image', '/v1/ai-image-generator'],
    ['video', '/v1/text-to-video'],
    ['audio', '/v1/ai-voice-generator'],
  ])('finds the %s project that was created here, among its own kind only', async (kind, generator) => {
    const key = makeTestKey();
    const api = await start({ accept: [key] });
    const id = await create(api, key, generator);
    const paths = ['image', 'video', 'audio'].map((each) => `/v1/${each}-projects/${id}`);
    const answers = await Promise.all(paths.map((path) => call(api, path, { key })));
    expect(answers.filter(({ status }) => status === 200).map(({ url }) => new URL(url).pathname)).toEqual([
      `/v1/${kind}-projects/${id}`,
    ]);
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(2);
  });

  it('tells the state of a project that was created here', async () => {
    const key = makeTestKey();
    const api = await start({ accept: [key] });
    const id = await create(api, key);
    const answer = await call(api, `/v1/image-projects/${id}?fields=all`, { key });
    expect(await answer.json()).toMatchObject({ id, status: 'complete', credits_charged: 5 });
  });

  it('does not find an unknown id or route, nor another API’s project', async () => {
    const key = makeTestKey();
    const [api, other] = [await start({ accept: [key] }), await start({ accept: [key] })];
    const id = await create(other, key);
    const paths = [
      UNKNOWN,
      '/v1/video-projects/x',
      '/v1/audio-projects/x',
      '/v2',
      `/v1/image-projects/${id}`,
    ];
    const answers = await Promise.all(paths.map((path) => call(api, path, { key })));
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404]);
    expect(await answers[0]?.json()).toEqual({ message: 'Not Found' });
  });
});

describe('modes', () => {
  it('asks for payment for an accepted key, and refuses another', async () => {
    const key = makeTestKey();
    const api = await start({ accept: [key], mode: 'paymentRequired' });
    expect((await call(api, UNKNOWN, { key })).status).toBe(402);
    expect((await call(api, UNKNOWN, { key: makeTestKey() })).status).toBe(401);
  });

  it('looks the id up before the key when told so, which makes a probe inconclusive', async () => {
    const key = makeTestKey();
    const api = await start({ accept: [key], mode: 'lookupFirst' });
    const id = await create(api, key);
    const bad = makeTestKey();
    expect((await call(api, UNKNOWN, { key: bad })).status).toBe(404);
    expect((await call(api, `/v1/image-projects/${id}`, { key: bad })).status).toBe(401);
    expect((await call(api, `/v1/image-projects/${id}`, { key })).status).toBe(200);
    expect((await call(api, '/v1/ai-image-generator', { method: 'POST', key: bad })).status).toBe(401);
  });

  it('throttles with Retry-After', async () => {
    const key = makeTestKey();
    const api = await start({ accept: [key], mode: 'throttled', retryAfterSeconds: 7 });
    const answer = await call(api, UNKNOWN, { key });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '7']);
  });

  it('breaks, refuses everything, and is normal again', async () => {
    const key = makeTestKey();
    const api = await start({ accept: [key] });
    api.setMode('broken');
    expect((await call(api, UNKNOWN, { key })).status).toBe(500);
    api.setMode('unauthorized');
    expect((await call(api, UNKNOWN, { key })).status).toBe(401);
    api.setMode('normal');
    expect((await call(api, UNKNOWN, { key })).status).toBe(404);
  });

  it.each([301, 302, 303, 307, 308] as const)('redirects to another origin with %i', async (status) => {
    const target = await start();
    const api = await start({ mode: { redirectTo: target.origin, status } });
    const answer = await call(api, '/v1/a?b=c', { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([status, `${target.origin}/v1/a?b=c`]);
    await call(api, '/v1/a?b=c');
    expect(target.requests.map(({ path }) => path)).toEqual(['/v1/a?b=c']);
  });

  it('redirects with 302 unless told otherwise', async () => {
    const api = await start({ mode: { redirectTo: 'http://127.0.0.1:1' } });
    expect((await call(api, '/', { redirect: 'manual' })).status).toBe(302);
  });

  it('fills a 401 up to the given size, and it stays JSON', async () => {
    const api = await start({ unauthorizedBodyBytes: 1_000_000 });
    const answer = await call(api, UNKNOWN);
    const text = await answer.text();
    expect(text).toHaveLength(1_000_000);
    expect(JSON.parse(text)).toEqual({ message: 'Unauthorized' });
  });
});

describe('answers of a bad day', () => {
  it('cuts the normal answer in the middle of its body', async () => {
    const key = makeTestKey();
    const api = await start({ accept: [key], mode: 'truncated' });
    const answer = await call(api, '/v1/ai-image-generator', { method: 'POST', key });
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow('terminated');
  });

  it('takes its time when told so, and refuses a bad key as late', async () => {
    const key = makeTestKey();
    const api = await start({ accept: [key], mode: { delayMs: 20 } });
    const began = performance.now();
    expect((await call(api, UNKNOWN, { key })).status).toBe(404);
    // Node's timers may come a millisecond early.
    expect(performance.now() - began).toBeGreaterThanOrEqual(19);
    expect((await call(api, UNKNOWN)).status).toBe(401);
  });

  it('redirects to any place, such as the 12 to which no key may go', async () => {
    const api = await start();
    const targets = Object.entries(listRedirectTargets({ api: ':1', other: ':2', plain: ':3' }));
    expect(targets).toHaveLength(12);
    for (const [, location] of targets) {
      api.setMode({ location, status: 307 });
      const answer = await call(api, '/', { redirect: 'manual' });
      expect([answer.status, answer.headers.get('location')]).toEqual([307, location]);
      expect(new URL(location, 'https://api.magichour.ai:1/').origin).not.toBe('https://api.magichour.ai:1');
    }
  });
});

describe('the hook', () => {
  it('answers by itself, and leaves the rest to the API', async () => {
    const key = makeTestKey();
    const api = await start({
      accept: [key],
      onRequest: ({ path }) =>
        path === '/teapot'
          ? { status: 418, headers: { 'x-pot': 'tea' }, text: 'short and stout' }
          : undefined,
    });
    const answer = await call(api, '/teapot');
    expect([answer.status, answer.headers.get('x-pot'), await answer.text()]).toEqual([
      418,
      'tea',
      'short and stout',
    ]);
    expect((await call(api, UNKNOWN, { key })).status).toBe(404);
  });

  it('can cut the connection, which leaves a request without a status', async () => {
    const api = await start({ onRequest: () => 'disconnect' });
    await expect(call(api, '/')).rejects.toThrow('fetch failed');
    expect(api.requests.map(({ status }) => status)).toEqual([undefined]);
    expect(api.statusCounts).toEqual({});
  });

  it('can send a body in pieces', async () => {
    const api = await start({ onRequest: () => ({ status: 200, chunks: ['one ', Buffer.from('two')] }) });
    expect(await (await call(api, '/')).text()).toBe('one two');
  });

  it('can send a body without an end, until the client has had enough', async () => {
    const api = await start({ onRequest: async () => ({ status: 401, chunks: endless() }) });
    const answer = await call(api, '/');
    let bytes = 0;
    for await (const chunk of Readable.from(answer.body ?? [])) {
      bytes += String(chunk).length;
      if (bytes >= 100_000) break;
    }
    expect(bytes).toBeGreaterThanOrEqual(100_000);
    await api.close();
    expect(api.openConnections).toBe(0);
  });

  it('becomes a 500 that says so when it throws, and never quotes the error', async () => {
    const api = await start({
      onRequest: () => {
        throw new Error('inner text');
      },
    });
    const answer = await call(api, '/');
    const text = await answer.text();
    expect(answer.status).toBe(500);
    expect(text).toContain('onRequest');
    expect(text).not.toContain('inner text');
  });
});

describe('the request log', () => {
  it('records method, path, headers, key and body, and the status once there is one', async () => {
    const key = makeTestKey();
    const api = await start({ accept: [key] });
    await call(api, '/v1/ai-image-generator?x=1', { method: 'POST', key, body: '{"prompt":"höhe"}' });
    const [request] = api.requests;
    expect(request).toMatchObject({
      method: 'POST',
      path: '/v1/ai-image-generator?x=1',
      status: 200,
      body: '{"prompt":"höhe"}',
    });
    expect(request?.keyLast4 === key.slice(-4)).toBe(true);
    expect(request?.authorization === `Bearer ${key}`).toBe(true);
    expect(request?.headers['host']).toBe(new URL(api.origin).host);
  });

  it('knows no key where there was none', async () => {
    const api = await start();
    await call(api, '/');
    expect(api.requests[0]).toMatchObject({
      keyLast4: undefined,
      authorization: undefined,
      status: 401,
      body: '',
    });
  });

  it('counts the answers by status and can be cleared', async () => {
    const key = makeTestKey();
    const api = await start({ accept: [key] });
    await Promise.all([call(api, UNKNOWN, { key }), call(api, UNKNOWN, { key }), call(api, UNKNOWN)]);
    expect(api.statusCounts).toEqual({ 401: 1, 404: 2 });
    api.clearRequests();
    expect([api.statusCounts, api.requests]).toEqual([{}, []]);
  });
});

describe('held answers', () => {
  it('keeps 50 requests in flight, and judges them when they are released', async () => {
    const [old, next] = [makeTestKey(), makeTestKey()];
    const api = await start({ accept: [old] });
    api.hold();
    const inFlight = Array.from({ length: 50 }, () => call(api, UNKNOWN, { key: old }));
    await api.whenHeld(50);
    expect(api.requests).toHaveLength(50);
    expect(api.statusCounts).toEqual({});
    api.revoke(old);
    api.accept(next);
    api.release();
    expect((await Promise.all(inFlight)).every(({ status }) => status === 401)).toBe(true);
    expect((await call(api, UNKNOWN, { key: next })).status).toBe(404);
    expect(api.statusCounts).toEqual({ 401: 50, 404: 1 });
  });

  it('can hold some requests and answer others', async () => {
    const api = await start();
    api.hold(({ path }) => path === '/slow');
    const slow = call(api, '/slow');
    await api.whenHeld(1);
    expect((await call(api, '/quick')).status).toBe(401);
    expect(api.requests.map(({ status }) => status)).toEqual([undefined, 401]);
    api.release();
    expect((await slow).status).toBe(401);
  });

  it('lets the client go away while it is held', async () => {
    const api = await start();
    api.hold();
    const controller = new AbortController();
    const given = fetch(api.origin, { signal: controller.signal });
    await api.whenHeld(1);
    controller.abort(new Error('given up'));
    await expect(given).rejects.toThrow('given up');
    api.release();
    expect((await call(api, '/')).status).toBe(401);
  });
});

describe('connections', () => {
  it('counts the connections ever opened: one for a client that keeps it alive', async () => {
    const api = await start();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let i = 0; i < 3; i++) {
      await new Promise<void>((resolve, reject) => {
        const outgoing = httpRequest(api.origin, { agent }, (response) => {
          response.resume().on('end', resolve);
        });
        outgoing.on('error', reject).end();
      });
    }
    agent.destroy();
    expect([api.connections, api.requests.length]).toEqual([1, 3]);
  });

  it('closes at once with requests in flight, frees the port, and can be closed twice', async () => {
    const api = await start();
    api.hold();
    const cut = call(api, '/').catch(() => 'cut');
    const tooMany = api.whenHeld(2).catch((error: Error) => error.message);
    await api.whenHeld(1);
    await Promise.all([api.close(), api.close()]);
    expect(await cut).toBe('cut');
    expect(await tooMany).toMatch(/closed before/);
    expect(api.openConnections).toBe(0);
    await expect(call(api, '/')).rejects.toThrow('fetch failed');
  });

  it('closes by itself at the end of an await using block', async () => {
    let origin: string;
    {
      await using api = await startFakeMagicHourApi();
      origin = api.origin;
      expect((await fetch(origin)).status).toBe(401);
    }
    await expect(fetch(origin)).rejects.toThrow('fetch failed');
  });

  it('listens on the loopback address alone', async () => {
    const api = await start();
    expect(new URL(api.origin).hostname).toBe('127.0.0.1');
  });

  it('survives a client that disappears in the middle of its upload', async () => {
    const api = await start();
    const outgoing = httpRequest(api.origin, { method: 'POST', headers: { 'content-length': '1000' } });
    const failed = new Promise((resolve) => void outgoing.on('error', resolve));
    await new Promise<void>((resolve) => void outgoing.write('half', () => resolve()));
    outgoing.destroy(new Error('gone'));
    expect(await failed).toBeInstanceOf(Error);
    expect((await call(api, '/')).status).toBe(401);
    expect(api.requests.map(({ method }) => method)).toEqual(['GET']);
  });
});
