import nodeFetch from 'node-fetch';
import {
  Agent,
  fetch as undiciFetch,
  FormData as UndiciFormData,
  Headers as UndiciHeaders,
  Request as UndiciRequest,
} from 'undici';
import { describe, expect, it } from 'vitest';
import { createFetch } from '@magic-hour-keys/http';
import { createHandWrittenProvider } from '../../unit/http/hand-written-provider.ts';
import { startEchoServer, type ArrivedRequest } from './echo-server.ts';
import { allowLoopback } from './loopback-options.ts';

type HeadersInit = NonNullable<RequestInit['headers']>;
type Arguments = [input: string | URL | Request, init?: RequestInit];

/** Every way to say a request, made anew for each call because some can be used only once. */
const WAYS: readonly [string, (url: string) => Arguments][] = [
  ['a text', (url) => [url]],
  ['a URL', (url) => [new URL(url)]],
  ['a Request', (url) => [new Request(url, { method: 'PUT', headers: { 'x-a': '1' } })]],
  [
    'a Request with a body',
    (url) => [new Request(url, { method: 'POST', body: '{"a":1}', headers: { 'x-a': '1' } })],
  ],
  ['a Request and an init', (url) => [new Request(url, { headers: { 'x-a': '1' } }), { method: 'DELETE' }]],
  [
    'a Request whose headers the init replaces',
    (url) => [new Request(url, { headers: { 'x-a': '1' } }), { headers: { 'x-b': '2' } }],
  ],
  [
    'a Request whose body the init replaces',
    (url) => [new Request(url, { method: 'POST', body: 'old' }), { body: 'new' }],
  ],
  [
    'a Request as init',
    (url) => [url, new Request('http://other.test/', { method: 'DELETE', headers: { 'x-a': '1' } })],
  ],
  [
    'a Request with a body as init',
    (url) => [
      url,
      new Request('http://other.test/', { method: 'POST', body: '{"a":1}', headers: { 'x-a': '1' } }),
    ],
  ],
  ['an empty init', (url) => [url, {}]],
  ['headers in an object', (url) => [url, { headers: { 'X-A': '1', accept: 'text/plain' } }]],
  [
    'headers in an object without prototype',
    (url) => [url, { headers: Object.assign(Object.create(null), { 'x-a': '1' }) as HeadersInit }],
  ],
  [
    'headers in pairs',
    (url) => [
      url,
      {
        headers: [
          ['x-a', '1'],
          ['x-a', '2'],
        ],
      },
    ],
  ],
  ['headers in Headers', (url) => [url, { headers: new Headers({ 'x-a': '1' }) }]],
  ['headers in a Map', (url) => [url, { headers: new Map([['x-a', '1']]) as unknown as HeadersInit }]],
  ['headers from a generator', (url) => [url, { headers: generateHeaders() as unknown as HeadersInit }]],
  ['headers of undici', (url) => [url, { headers: new UndiciHeaders({ 'x-a': '1' }) }]],
  ['an empty text as body', (url) => [url, { method: 'POST', body: '' }]],
  [
    'a text as body',
    (url) => [url, { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } }],
  ],
  ['a Buffer as body', (url) => [url, { method: 'POST', body: Buffer.from('bytes') }]],
  ['URLSearchParams as body', (url) => [url, { method: 'POST', body: new URLSearchParams({ a: '1' }) }]],
  ['a Blob as body', (url) => [url, { method: 'POST', body: new Blob(['bytes'], { type: 'text/x-a' }) }]],
  [
    'a web stream as body',
    (url) => [url, { method: 'POST', body: new Blob(['bytes']).stream(), duplex: 'half' }],
  ],
  [
    'a generator as body',
    (url) => [url, { method: 'POST', body: generateBytes(), duplex: 'half' } as unknown as RequestInit],
  ],
  ['a URL with a query and a fragment', (url) => [`${url}?a=1#b`]],
  ['a URL in capitals', (url) => [url.replace('http', 'HTTP')]],
];

describe('createFetch sends what fetch sends, and the key', () => {
  it.each(WAYS)('for %s', async (_, makeArguments) => {
    await using server = await startEchoServer();
    const provider = createHandWrittenProvider();
    const keyed = createFetch(provider, allowLoopback(server.origin));
    const url = `${server.origin}/v1/x`;
    const response = await keyed(...makeArguments(url));
    const plain = await fetch(...makeArguments(url));
    expect(response.url).toBe(plain.url);
    const [withKey, without] = server.arrived.map(withoutRandomness);
    expect(withKey?.headers.authorization).toBe(`Bearer ${provider.current.reveal()}`);
    delete withKey?.headers.authorization;
    expect(withKey).toEqual(without);
  });

  it('for a FormData', async () => {
    await using server = await startEchoServer();
    const form = new FormData();
    form.set('file', new File(['bytes'], 'video.mp4'));
    const keyed = createFetch(createHandWrittenProvider(), allowLoopback(server.origin));
    await keyed(`${server.origin}/v1/x`, { method: 'POST', body: form });
    expect(server.arrived[0]?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
    expect(server.arrived[0]?.body).toMatch(/filename="video.mp4"[^]*bytes/);
  });

  it('through the dispatcher that I pass', async () => {
    await using server = await startEchoServer();
    const dispatcher = new Agent();
    const seen: unknown[] = [];
    const dispatch = dispatcher.dispatch.bind(dispatcher);
    dispatcher.dispatch = (options, handler) => {
      seen.push(options.path);
      return dispatch(options, handler);
    };
    const keyed = createFetch(createHandWrittenProvider(), allowLoopback(server.origin));
    await keyed(`${server.origin}/v1/x`, { dispatcher } as object);
    expect(seen).toEqual(['/v1/x']);
    await dispatcher.close();
  });
});

describe('createFetch over another fetch', () => {
  it('sends the Request of undici through the fetch of undici', async () => {
    await using server = await startEchoServer();
    const provider = createHandWrittenProvider();
    const keyed = createFetch(provider, { fetch: undiciFetch, ...allowLoopback(server.origin) });
    const form = new UndiciFormData();
    form.set('a', '1');
    await keyed(
      new UndiciRequest(`${server.origin}/v1/x`, {
        method: 'POST',
        body: '{"a":1}',
        headers: { 'x-a': '1' },
      }),
    );
    await keyed(`${server.origin}/v1/x`, { method: 'POST', body: form });
    expect(server.arrived[0]).toMatchObject({ method: 'POST', body: '{"a":1}', headers: { 'x-a': '1' } });
    for (const { headers } of server.arrived)
      expect(headers.authorization).toBe(`Bearer ${provider.current.reveal()}`);
  });

  it('gives the Request of undici to the global fetch, which says what it always says, and sends no key', async () => {
    await using server = await startEchoServer();
    const keyed = createFetch(createHandWrittenProvider(), allowLoopback(server.origin));
    const request = new UndiciRequest(`${server.origin}/v1/x`);
    await expect(keyed(request as unknown as Request)).rejects.toThrow(TypeError);
    expect(server.arrived).toHaveLength(0);
  });

  it('keeps the responses of node-fetch', async () => {
    await using server = await startEchoServer((_, response) =>
      response.setHeader('set-cookie', ['a=1', 'b=2']).end('x'),
    );
    const provider = createHandWrittenProvider();
    const keyed = createFetch(provider, { fetch: nodeFetch, ...allowLoopback(server.origin) });
    const response = await keyed(`${server.origin}/v1/x`, {
      method: 'POST',
      body: '{"a":1}',
      headers: [['x-a', '1']],
    });
    // Of node-fetch alone, in its types too.
    expect(response.headers.raw()['set-cookie']).toEqual(['a=1', 'b=2']);
    expect(server.arrived[0]).toMatchObject({
      body: '{"a":1}',
      headers: { 'x-a': '1', authorization: `Bearer ${provider.current.reveal()}` },
    });
  });
});

/** A multipart boundary is random, and a fresh connection may be announced in another way. */
function withoutRandomness({
  headers,
  ...rest
}: ArrivedRequest): ArrivedRequest & { headers: Record<string, unknown> } {
  const { connection: _, ...others } = headers;
  return { ...rest, headers: others };
}

function* generateHeaders(): Generator<[string, string]> {
  yield ['x-a', '1'];
  yield ['x-b', '2'];
}

async function* generateBytes(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('some ');
  yield Buffer.from('bytes');
}
