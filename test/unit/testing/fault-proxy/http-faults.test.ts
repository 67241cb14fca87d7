import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants } from 'node:http2';
import { get } from 'node:http';
import { createGunzip } from 'node:zlib';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createManualClock } from '@magic-hour-keys/testing';
import { startFaultProxy, type FaultProxy } from '@magic-hour-keys/testing/fault-proxy';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { request, requestHttp2, startRequest, until } from './raw-clients.ts';

const BODY = '{"value":"a secret of this store"}';
const clock = createManualClock();
let proxy: FaultProxy;

beforeEach(async () => {
  proxy = await startFaultProxy({ body: BODY, runtime: clock.runtime });
});
afterEach(() => proxy.close());

test('not-http: the client can not parse the answer', async () => {
  await proxy.setFault('not-http');
  expect((await request(proxy)).error).toMatch(/^HPE_/);
});

test('endless-headers: no answer comes, until the client has had enough of headers', async () => {
  await proxy.setFault('endless-headers');
  const { met, received } = startRequest(proxy);
  await until(() => clock.timers().length === 1);
  await clock.advance(200);
  expect(received.headers).toBe(0);
  for (let rounds = 0; rounds < 20; rounds++) await clock.advance(500);
  expect(await met).toEqual({ error: 'HPE_HEADER_OVERFLOW' });
});

test('reset-after-headers: an answer begins, and the connection is reset', async () => {
  await proxy.setFault('reset-after-headers');
  const { met, received } = startRequest(proxy);
  await until(() => received.headers === 1);
  await clock.advance(20);
  expect(await met).toMatchObject({ status: 200, error: 'ECONNRESET' });
});

test('trickle: the body comes byte by byte', async () => {
  await proxy.setFault('trickle', { ms: 1000 });
  const { met, received } = startRequest(proxy);
  for (let bytes = 1; bytes <= 3; bytes++) {
    await until(() => clock.timers().length === 1);
    expect(clock.timers()[0]?.dueInMs).toBe(1000);
    await clock.advance(1000);
    await until(() => received.body.length === bytes);
  }
  await clock.advance(BODY.length * 1000);
  expect(await met).toMatchObject({ status: 200, body: BODY });
});

test('content-length-too-long: the client misses the end of the body', async () => {
  await proxy.setFault('content-length-too-long');
  expect(await request(proxy)).toMatchObject({ status: 200, error: 'ECONNRESET' });
});

test('content-length-too-short: the client gets half of the body, and can not parse the rest', async () => {
  await proxy.setFault('content-length-too-short');
  const { met, received } = startRequest(proxy);
  expect(await met).toMatchObject({ status: 200, error: 'HPE_INVALID_CONSTANT' });
  await until(() => received.body !== '');
  expect(received.body).toBe(BODY.slice(0, BODY.length / 2));
});

test('endless-chunks: the body grows and never ends', async () => {
  await proxy.setFault('endless-chunks', { ms: 5, bytes: 100 });
  const { received, abort } = startRequest(proxy);
  await until(() => received.headers === 1 && clock.timers().length === 1);
  await clock.advance(50);
  await until(() => received.body.length === 1000);
  expect(clock.timers()).toHaveLength(1);
  abort();
});

test('gzip-bomb: a small body unpacks to a large one, which ends with the usual body', async () => {
  await proxy.setFault('gzip-bomb', { bytes: 8 * 2 ** 20 });
  const [response] = (await once(get(proxy.origin, { agent: false }), 'response')) as [IncomingMessage];
  expect(Number(response.headers['content-length'])).toBeLessThan(20_000);
  let unpacked = 0;
  let tail = '';
  const count = new Writable({
    write(chunk: Buffer, _encoding, done) {
      unpacked += chunk.length;
      tail = (tail + chunk.toString()).slice(-BODY.length);
      done();
    },
  });
  await pipeline(response, createGunzip(), count);
  expect(unpacked).toBe(8 * 2 ** 20 + BODY.length);
  expect(tail).toBe(BODY);
});

test('huge-json: the body is valid JSON of that size', async () => {
  await proxy.setFault('huge-json', { bytes: 1_000_000 });
  const { status, body = '' } = await request(proxy);
  expect(status).toBe(200);
  expect(body.length).toBeGreaterThan(1_000_000);
  expect(JSON.parse(body)).toMatchObject({ body: BODY });
});

test('html: a page comes with status 200', async () => {
  await proxy.setFault('html');
  const { status, headers, body } = await request(proxy);
  expect([status, headers?.['content-type']]).toEqual([200, 'text/html']);
  expect(body).toContain(`<p>${BODY}</p>`);
});

test('no-content: there is no body', async () => {
  await proxy.setFault('no-content');
  expect(await request(proxy)).toMatchObject({ status: 204, body: '' });
});

test('informational-flood: hints come, and never the answer', async () => {
  await proxy.setFault('informational-flood');
  const { received, abort } = startRequest(proxy);
  await until(() => clock.timers().length === 1);
  await clock.advance(5);
  await until(() => received.information === 5);
  expect(received.headers).toBe(0);
  abort();
});

test('redirect-loop: the client is sent to where it is', async () => {
  await proxy.setFault('redirect-loop');
  const first = await request(proxy, '/v1/secret?field=key');
  expect(first).toMatchObject({ status: 307, headers: { location: '/v1/secret?field=key' } });
  expect(await request(proxy, first.headers?.location)).toMatchObject({ status: 307 });
});

test('http2-goaway: the session is told to go away, without an answer', async () => {
  await proxy.setFault('http2-goaway');
  expect((await requestHttp2(proxy)).goaway).toBe(constants.NGHTTP2_ENHANCE_YOUR_CALM);
});

test('http2-reset-stream: the stream is reset, and the session lives on', async () => {
  await proxy.setFault('http2-reset-stream');
  expect(await requestHttp2(proxy)).toEqual({
    reset: constants.NGHTTP2_INTERNAL_ERROR,
    goaway: undefined,
  });
});

test.each(['http2-goaway', 'http2-reset-stream'] as const)(
  '%s: a client of HTTP/1 can not parse it',
  async (name) => {
    await proxy.setFault(name);
    expect((await request(proxy)).error).toMatch(/^HPE_|ECONNRESET/);
  },
);
