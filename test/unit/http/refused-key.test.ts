import { describe, expect, it, vi } from 'vitest';
import type { ApiKey } from '@magic-hour-keys/core';
import { createFetch } from '@magic-hour-keys/http';
import type { FetchOptions, HttpEvent, ReplayInfo } from '@magic-hour-keys/http';
import { createHandWrittenProvider, type HandWrittenOptions } from './hand-written-provider.ts';
import { createRecordingFetch, type RecordedCall } from './recording-fetch.ts';

const ORIGIN = 'https://api.magichour.ai';
const URL_OF_API = `${ORIGIN}/v1/x?signature=abc`;

/** An API that accepts the provider's current key alone. */
function createRefusingApi(options: FetchOptions & HandWrittenOptions = {}) {
  const provider = createHandWrittenProvider(options);
  const old = provider.current;
  const events: HttpEvent[] = [];
  const network = createRecordingFetch((call: RecordedCall) =>
    call.authorization === `Bearer ${old.reveal()}`
      ? new Response('refused', { status: 401 })
      : new Response('welcome'),
  );
  const fetch = createFetch(provider, {
    fetch: network.fetch,
    onEvent: (event) => events.push(event),
    ...options,
  });
  /** One call with the old key, while a new one lies in the store. */
  async function callAfterRotation(
    init?: RequestInit,
    input: string | Request = URL_OF_API,
  ): Promise<Response> {
    const answered = fetch(input, init);
    provider.use(`${old.reveal()}x`);
    return answered;
  }
  return { provider, old, network, events, fetch, callAfterRotation };
}

describe('a 401 when there is another key', () => {
  it('is answered by one more request with that key, and told', async () => {
    const { network, events, old, provider, callAfterRotation } = createRefusingApi();
    const response = await callAfterRotation({ method: 'POST', body: '{}' });
    await expect(response.text()).resolves.toBe('welcome');
    expect(network.calls.map((call) => call.authorization)).toEqual([
      `Bearer ${old.reveal()}`,
      `Bearer ${provider.current.reveal()}`,
    ]);
    expect(provider.refused).toEqual([old]);
    const { last4 } = old;
    expect(events).toEqual([
      { type: 'unauthorized', origin: ORIGIN, method: 'POST', last4, outcome: 'replayed' },
    ]);
  });

  it('is final when the other key is refused too: the call asks no third time', async () => {
    const provider = createHandWrittenProvider();
    const network = createRecordingFetch(
      () => new Response(`refusal ${network.calls.length}`, { status: 401 }),
    );
    const answered = createFetch(provider, { fetch: network.fetch })(URL_OF_API);
    provider.use(`${provider.current.reveal()}x`);
    const response = await answered;
    await expect(response.text()).resolves.toBe('refusal 2');
    expect(network.calls).toHaveLength(2);
    expect(provider.refused).toHaveLength(1);
  });

  it('is replayed before anybody read it', async () => {
    const bodies: (ReadableStream | null)[] = [];
    let unread: boolean | undefined;
    const other = createHandWrittenProvider().current;
    const provider = createHandWrittenProvider({
      renew: async () => {
        unread = bodies[0]?.locked === false;
        return other;
      },
    });
    const network = createRecordingFetch(() => {
      const response = new Response('x', { status: network.calls.length === 1 ? 401 : 200 });
      bodies.push(response.body);
      return response;
    });
    await createFetch(provider, { fetch: network.fetch })(URL_OF_API);
    expect(unread).toBe(true);
    expect(network.calls).toHaveLength(2);
  });

  it('is mine when the body can be sent only once, with the new key ready for the next call', async () => {
    const { network, provider, events, fetch, callAfterRotation } = createRefusingApi();
    const stream = new Blob(['video']).stream();
    const response = await callAfterRotation({ method: 'POST', body: stream, duplex: 'half' });
    expect(response.status).toBe(401);
    await expect(response.text()).resolves.toBe('refused');
    expect(network.calls).toHaveLength(1);
    expect(provider.refused).toHaveLength(1);
    expect(events).toMatchObject([{ outcome: 'not-replayable' }]);
    await expect(fetch(URL_OF_API)).resolves.toHaveProperty('status', 200);
  });

  it.each([
    ['never', 'never' as const],
    ['a function that says no', () => false],
  ])('is mine when `replay` is %s', async (_, replay) => {
    const { network, provider, events, callAfterRotation } = createRefusingApi({ replay });
    await expect((await callAfterRotation()).text()).resolves.toBe('refused');
    expect(network.calls).toHaveLength(1);
    expect(provider.refused).toHaveLength(1);
    expect(events).toMatchObject([{ outcome: 'replay-refused' }]);
  });

  it('is replayed when my function says so, which is asked once, with method and URL', async () => {
    const replay = vi.fn<(info: ReplayInfo) => boolean>(() => true);
    const { callAfterRotation } = createRefusingApi({ replay });
    await expect(callAfterRotation({ method: 'DELETE' })).resolves.toHaveProperty('status', 200);
    expect(replay.mock.calls).toEqual([[{ method: 'DELETE', url: URL_OF_API }]]);
  });

  it('copies no body when `replay` is never', async () => {
    const { network, callAfterRotation } = createRefusingApi({ replay: 'never' });
    const request = new Request(URL_OF_API, { method: 'POST', body: '{}' });
    const clone = vi.spyOn(request, 'clone');
    await callAfterRotation(undefined, request);
    expect(clone).not.toHaveBeenCalled();
    expect(network.calls).toHaveLength(1);
  });
});

describe('a 401 when there is no other key', () => {
  it.each<[string, () => Promise<ApiKey | undefined>]>([
    ['the store says so', async () => undefined],
    ['the provider fails', () => Promise.reject(new Error('store is down'))],
    [
      'the provider throws at once',
      () => {
        throw new Error('broken');
      },
    ],
    ['the provider gives something that is no key', async () => ({ reveal: () => 'a\r\nb' }) as ApiKey],
  ])('is mine untouched, because %s', async (_, renew) => {
    const { network, events, fetch } = createRefusingApi({ renew });
    const response = await fetch(URL_OF_API);
    expect(response.status).toBe(401);
    expect(response.bodyUsed).toBe(false);
    await expect(response.text()).resolves.toBe('refused');
    expect(network.calls).toHaveLength(1);
    expect(events).toMatchObject([{ outcome: 'no-other-key' }]);
  });

  it('is mine when a provider gives the same key again: nothing is sent twice for nothing', async () => {
    const { network, fetch } = createRefusingApi({ renew: async (rejected) => rejected });
    await expect(fetch(URL_OF_API)).resolves.toHaveProperty('status', 401);
    expect(network.calls).toHaveLength(1);
  });
});

describe('what is not a refused key', () => {
  it.each([200, 204, 304, 400, 402, 403, 404, 409, 422, 429, 500, 502, 503, 504])(
    'reaches me as it is, without a word to the provider: %i',
    async (status) => {
      const provider = createHandWrittenProvider();
      const answer = new Response(null, { status });
      const network = createRecordingFetch(() => answer);
      await expect(createFetch(provider, { fetch: network.fetch })(URL_OF_API)).resolves.toBe(answer);
      expect(network.calls).toHaveLength(1);
      expect(provider.refused).toHaveLength(0);
    },
  );

  it('is a network error, which is never replayed', async () => {
    const provider = createHandWrittenProvider();
    const error = new TypeError('fetch failed', { cause: new Error('ECONNRESET') });
    const network = createRecordingFetch(() => {
      throw error;
    });
    await expect(createFetch(provider, { fetch: network.fetch })(URL_OF_API)).rejects.toBe(error);
    expect(network.calls).toHaveLength(1);
    expect(provider.refused).toHaveLength(0);
  });

  it('is the 401 of another origin that the request was redirected to', async () => {
    const provider = createHandWrittenProvider();
    const answer = redirected('https://storage.test/file', 401);
    const network = createRecordingFetch(() => answer);
    await expect(createFetch(provider, { fetch: network.fetch })(URL_OF_API)).resolves.toBe(answer);
    expect(provider.refused).toHaveLength(0);
  });

  it('is, after a redirect, no proof that nothing was done: a POST is not sent again, a GET is', async () => {
    const other = createHandWrittenProvider().current;
    const provider = createHandWrittenProvider({ renew: async () => other });
    const network = createRecordingFetch(() => redirected(`${ORIGIN}/v1/y`, 401));
    const fetch = createFetch(provider, { fetch: network.fetch });
    await fetch(URL_OF_API, { method: 'POST', body: '{}' });
    expect(network.calls).toHaveLength(1);
    expect(provider.refused).toHaveLength(1);
    await fetch(URL_OF_API);
    expect(network.calls).toHaveLength(3);
  });
});

describe('a fetch that turns the 401 for a stream into an error (Node 24.14)', () => {
  it('still has the key renewed, and gives me that error', async () => {
    const error = new TypeError('fetch failed', { cause: new Error('expected non-null body source') });
    const provider = createHandWrittenProvider();
    const events: HttpEvent[] = [];
    const network = createRecordingFetch(() => {
      throw error;
    });
    const fetch = createFetch(provider, { fetch: network.fetch, onEvent: (event) => events.push(event) });
    const body = new Blob(['video']).stream();
    const answered = fetch(URL_OF_API, { method: 'POST', body, duplex: 'half' });
    const [old] = [provider.current, provider.use(`${provider.current.reveal()}x`)];
    await expect(answered).rejects.toBe(error);
    expect(provider.refused).toEqual([old]);
    expect(events).toMatchObject([{ type: 'unauthorized', outcome: 'not-replayable' }]);
    expect(network.calls).toHaveLength(1);
  });
});

function redirected(url: string, status: number): Response {
  return Object.defineProperties(new Response('', { status }), {
    url: { value: url },
    redirected: { value: true },
  });
}
