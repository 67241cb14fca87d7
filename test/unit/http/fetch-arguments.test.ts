import { describe, expect, it, vi } from 'vitest';
import { createFetch } from '@magic-hour-keys/http';
import { createHandWrittenProvider } from './hand-written-provider.ts';
import { createRecordingFetch } from './recording-fetch.ts';

type HeadersInit = NonNullable<RequestInit['headers']>;

const URL_OF_API = 'https://api.magichour.ai/v1/x';

function createTestFetch(warm = true) {
  const provider = createHandWrittenProvider({ warm });
  const network = createRecordingFetch();
  const bearer = `Bearer ${provider.current.reveal()}`;
  return { provider, network, bearer, fetch: createFetch(provider, { fetch: network.fetch }) };
}

describe('a header of my own', () => {
  const mine = 'Basic bWU6d29yZA==';
  it.each([
    ['in an object', () => ({ AUTHORIZATION: mine, accept: '*/*' })],
    [
      'in pairs',
      () =>
        [
          ['x-a', '1'],
          ['authorization', mine],
        ] as [string, string][],
    ],
    ['in Headers', () => new Headers({ authorization: mine })],
    ['in a Map', () => new Map([['Authorization', mine]])],
    ['from a generator', () => generatePairs(mine)],
  ])('is sent untouched %s: no key, no renewal, no replay', async (_, makeHeaders) => {
    const provider = createHandWrittenProvider();
    const network = createRecordingFetch(() => new Response('no', { status: 401 }));
    const fetch = createFetch(provider, { fetch: network.fetch });
    const response = await fetch(URL_OF_API, { headers: makeHeaders() as HeadersInit });
    expect(response.status).toBe(401);
    expect(network.calls).toHaveLength(1);
    expect(network.last.authorization).toBe(mine);
    expect(provider.peeks + provider.reads + provider.refused.length).toBe(0);
  });

  it('is sent untouched in a Request', async () => {
    const { fetch, network, provider } = createTestFetch();
    const request = new Request(URL_OF_API, { headers: { authorization: mine } });
    await fetch(request);
    expect(network.last).toMatchObject({ authorization: mine, input: request, init: undefined });
    expect(provider.peeks).toBe(0);
  });

  it('is a header of its own alone: neither an inherited one nor a longer name counts', async () => {
    const { fetch, network, bearer } = createTestFetch();
    await fetch(URL_OF_API, { headers: Object.create({ authorization: mine }) as HeadersInit });
    expect(network.last.authorization).toBe(bearer);
    await fetch(URL_OF_API, { headers: { 'proxy-authorization': mine } });
    expect(network.last.authorization).toBe(bearer);
  });

  it('is handed on in the very object that I passed', async () => {
    const { fetch, network } = createTestFetch();
    const init = { headers: new Headers({ authorization: mine }), method: 'POST' };
    await fetch(URL_OF_API, init);
    expect(network.last.init).toBe(init);
  });
});

describe('an init that is no plain object', () => {
  it('keeps members that nobody here knows, wherever they are', async () => {
    const { fetch, network, bearer } = createTestFetch();
    class Init {
      readonly agent = 'mine';
    }
    await fetch(URL_OF_API, new Init() as object);
    expect(network.last).toMatchObject({ authorization: bearer, init: { agent: 'mine' } });
  });
});

describe('what I pass to fetch', () => {
  it('is not changed', async () => {
    const { fetch } = createTestFetch();
    const headers = Object.freeze({ accept: 'application/json' });
    const init = Object.freeze({ method: 'POST', headers, body: '{}' });
    await fetch(URL_OF_API, init);
    expect(init).toEqual({ method: 'POST', headers: { accept: 'application/json' }, body: '{}' });
  });

  it('reaches fetch whole, with members that nobody here knows', async () => {
    const { fetch, network } = createTestFetch();
    const { signal } = new AbortController();
    const init = {
      method: 'PUT',
      duplex: 'half',
      redirect: 'error',
      signal,
      dispatcher: {},
      next: { revalidate: 1 },
    };
    await fetch(URL_OF_API, init as object);
    expect(network.last.init).toMatchObject(init);
    expect((network.last.init as { dispatcher: unknown }).dispatcher).toBe(init.dispatcher);
  });

  it('may be an init of any class, whose members are found wherever they are', async () => {
    const { fetch, network, bearer } = createTestFetch();
    class Init {
      get method() {
        return 'PATCH';
      }
      readonly headers = { 'x-a': '1' };
    }
    await fetch(URL_OF_API, new Init());
    expect(network.last).toMatchObject({
      authorization: bearer,
      init: { method: 'PATCH', headers: { 'x-a': '1' } },
    });
    await fetch(URL_OF_API, Object.create({ method: 'DELETE' }) as RequestInit);
    expect(network.last).toMatchObject({ authorization: bearer, init: { method: 'DELETE' } });
  });

  it('may be headers that are no headers, and then the error is that of fetch, without the key', async () => {
    const provider = createHandWrittenProvider();
    const fetch = createFetch(provider);
    const wrong = fetch(URL_OF_API, { headers: 'accept: json' as unknown as HeadersInit });
    await expect(wrong).rejects.toThrow(TypeError);
    await expect(wrong).rejects.not.toThrow(provider.current.reveal());
    await expect(fetch(URL_OF_API, 'POST' as unknown as RequestInit)).rejects.toThrow(TypeError);
  });

  it('may be an object that says its URL only as text', async () => {
    const { fetch, network, bearer } = createTestFetch();
    await fetch({ href: 'https://evil.test/', toString: () => URL_OF_API } as unknown as URL);
    expect(network.last).toMatchObject({ authorization: bearer, input: URL_OF_API });
  });

  it('may pretend to be a Request of the API, and fetch would go where its text says: no key then', async () => {
    const { fetch, network } = createTestFetch();
    const request = new Request(URL_OF_API);
    const pretender = {
      url: URL_OF_API,
      method: 'GET',
      headers: request.headers,
      clone: () => request,
      toString: () => 'https://evil.test/',
    };
    await fetch(pretender as unknown as Request);
    expect(network.last.authorization).toBeNull();
  });

  it('may say another URL each time it is asked: the one that was judged is used', async () => {
    const { fetch, network } = createTestFetch();
    const answers = [URL_OF_API, 'https://evil.test/'];
    await fetch({ toString: () => answers.shift() ?? '' } as unknown as URL);
    expect(network.last).toMatchObject({ input: URL_OF_API, authorization: expect.any(String) });
  });

  it('may change while the key is being read: what counts is what it was at the call', async () => {
    const { fetch, network, bearer } = createTestFetch(false);
    const url = new URL(URL_OF_API);
    const headers: Record<string, string> = { 'x-a': '1' };
    const init = { method: 'POST', headers };
    const answered = fetch(url, init);
    url.host = 'evil.test';
    init.method = 'DELETE';
    headers['x-a'] = '2';
    await answered;
    expect(network.last).toMatchObject({
      input: URL_OF_API,
      authorization: bearer,
      init: { method: 'POST', headers: { 'x-a': '1' } },
    });
  });

  it('may change between the 401 and the replay: the same request is sent again', async () => {
    const headers: Record<string, string> = { 'x-request-id': 'first' };
    const provider = createHandWrittenProvider();
    const network = createRecordingFetch(() => {
      headers['x-request-id'] = 'of another call';
      return new Response('', { status: network.calls.length === 1 ? 401 : 200 });
    });
    const fetch = createFetch(provider, { fetch: network.fetch });
    const first = provider.current;
    const answered = fetch(URL_OF_API, { headers });
    provider.use(`${first.reveal()}x`);
    await expect(answered).resolves.toHaveProperty('status', 200);
    expect(network.calls.map((call) => (call.init as { headers: unknown }).headers)).toEqual([
      { Authorization: `Bearer ${first.reveal()}`, 'x-request-id': 'first' },
      { Authorization: `Bearer ${first.reveal()}x`, 'x-request-id': 'first' },
    ]);
  });
});

describe('the wrapped fetch', () => {
  it('keeps the members of the fetch it wraps, and is its own default where that was', () => {
    const members: { preconnect(): string; default?: unknown } = { preconnect: () => 'connected' };
    const base = Object.assign(async () => new Response(), members);
    base.default = base;
    const fetch: unknown = createFetch(createHandWrittenProvider(), { fetch: base });
    expect(fetch).toHaveProperty('preconnect', members.preconnect);
    expect(fetch).toHaveProperty('default', fetch);
  });

  it('uses the global fetch of the moment, so that a mock that comes later is used', async () => {
    const provider = createHandWrittenProvider();
    const fetch = createFetch(provider);
    const network = createRecordingFetch();
    vi.stubGlobal('fetch', network.fetch);
    await fetch(URL_OF_API);
    expect(network.last.authorization).toBe(`Bearer ${provider.current.reveal()}`);
  });

  it('rejects where the wrapped one throws at once', async () => {
    const boom = new Error('no network here');
    const fetch = createFetch(createHandWrittenProvider(), {
      fetch: (): Promise<Response> => {
        throw boom;
      },
    });
    await expect(fetch(URL_OF_API)).rejects.toBe(boom);
  });
});

function* generatePairs(authorization: string): Generator<[string, string]> {
  yield ['x-a', '1'];
  yield ['authorization', authorization];
}
