import {
  createTransport,
  isTransportError,
  type Transport,
  type TransportOptions,
} from '@magic-hour-keys/core/node';
import { onTestFinished, expect, test } from 'vitest';
import { expectEventually, findClosedPort, startServer, startTcpServer } from './servers-for-test.ts';

function transportOf(options: TransportOptions = {}): Transport {
  const transport = createTransport({ environment: {}, ...options });
  onTestFinished(() => transport.close());
  return transport;
}

async function codeOf(promise: Promise<unknown>): Promise<string | undefined> {
  const error: unknown = await promise.catch((thrown: unknown) => thrown);
  return isTransportError(error) ? error.code : undefined;
}

test('a request goes out as it was given, and the answer comes back as it was sent', async () => {
  const server = await startServer((_, response) => {
    response.writeHead(201, { 'Retry-After': '7', 'set-cookie': ['a=1', 'b=2'] }).end('{"ok":"é"}');
  });
  const answer = await transportOf().request({
    method: 'POST',
    url: `${server.origin}/v1/a%2Fb?version=2`,
    headers: { 'X-Vault-Token': 'tok' },
    body: '{"role":"ü"}',
  });
  expect(answer).toMatchObject({ status: 201, body: '{"ok":"é"}' });
  expect(answer.headers).toMatchObject({ 'retry-after': '7', 'set-cookie': 'a=1, b=2' });
  const [seen] = server.seen;
  expect(seen).toMatchObject({ method: 'POST', url: '/v1/a%2Fb?version=2', body: '{"role":"ü"}' });
  expect(seen?.headers).toMatchObject({ 'x-vault-token': 'tok', 'accept-encoding': 'identity' });
  expect(seen?.headers['content-length']).toBe('13');
});

test('requests one after the other share a connection', async () => {
  const server = await startServer((_, response) => response.end('ok'));
  const transport = transportOf();
  for (let count = 0; count < 3; count++) await transport.request({ method: 'GET', url: server.origin });
  expect(server.seen).toHaveLength(3);
  expect(server.sockets).toHaveLength(1);
});

test.each([301, 302, 303, 307, 308])('a redirect with %i is an answer like any other', async (status) => {
  const other = await startServer((_, response) => response.end());
  const server = await startServer((_, response) => {
    response.writeHead(status, { location: `${other.origin}/taken` }).end();
  });
  const answer = await transportOf().request({ method: 'GET', url: server.origin });
  expect(answer.status).toBe(status);
  expect(answer.headers['location']).toBe(`${other.origin}/taken`);
  expect(other.seen).toEqual([]);
});

test('a body up to the cap is taken, and not a byte more', async () => {
  const server = await startServer((_, response) => response.end('x'.repeat(1000)));
  const atCap = await transportOf({ maxBodyBytes: 1000 }).request({ method: 'GET', url: server.origin });
  expect(atCap.body).toHaveLength(1000);
  const above = transportOf({ maxBodyBytes: 999 }).request({ method: 'GET', url: server.origin });
  expect(await codeOf(above)).toBe('BODY_TOO_LARGE');
});

test('an endless body ends at the cap, and so does its connection', async () => {
  const server = await startTcpServer((socket) => {
    socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
    const more = (): void =>
      void (socket.destroyed || socket.write('400\r\n' + 'y'.repeat(1024) + '\r\n', more));
    more();
  });
  const transport = transportOf();
  expect(await codeOf(transport.request({ method: 'GET', url: server.origin }))).toBe('BODY_TOO_LARGE');
  await expectEventually(() => server.openSockets()).toBe(0);
});

test('a long body that is announced is not fetched at all', async () => {
  const server = await startTcpServer((socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 999999999\r\n\r\n{');
  });
  expect(await codeOf(transportOf().request({ method: 'GET', url: server.origin }))).toBe('BODY_TOO_LARGE');
});

test('a compressed answer is refused, because nobody asked for it and a small one can be a bomb', async () => {
  const server = await startServer((_, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end('zip');
  });
  expect(await codeOf(transportOf().request({ method: 'GET', url: server.origin }))).toBe('BODY_ENCODED');
});

test.each<[string, string, string]>([
  ['nothing at all', '', 'ECONNRESET'],
  ['half a head', 'HTTP/1.1 200 OK\r\ncontent-', 'ECONNRESET'],
  ['something that is not HTTP', '220 smtp ready\r\n', 'HPE_INVALID_CONSTANT'],
  ['half a body', 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc', 'ECONNRESET'],
  ['half a chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\na\r\nabc', 'ECONNRESET'],
  [
    'another protocol',
    'HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
    'CONNECTION_ENDED',
  ],
])('a server that sends %s and hangs up is a failure with a code', async (_, bytes, code) => {
  const server = await startTcpServer((socket) => {
    socket.once('data', () => socket.end(bytes));
  });
  expect(await codeOf(transportOf().request({ method: 'GET', url: server.origin }))).toBe(code);
});

test('a connection that the server closed while it was idle costs nobody a request', async () => {
  const server = await startServer((_, response) => response.end('ok'));
  const transport = transportOf();
  await transport.request({ method: 'GET', url: server.origin });
  // Reset without a word, as a balancer does: the client learns of it only when it writes.
  const [idle] = server.sockets;
  idle?.resetAndDestroy();
  const answer = await transport.request({ method: 'GET', url: server.origin });
  expect(answer.body).toBe('ok');
  expect(server.sockets).toHaveLength(2);
});

test('a request that may have been heard is not sent a second time', async () => {
  let count = 0;
  const server = await startServer((request, response) => {
    count += 1;
    if (count === 1) response.end('ok');
    else request.socket.resetAndDestroy();
  });
  const transport = transportOf();
  await transport.request({ method: 'GET', url: server.origin });
  const second = transport.request({ method: 'POST', url: server.origin, body: '{}' });
  expect(await codeOf(second)).toBe('ECONNRESET');
  expect(server.seen).toHaveLength(2);
});

test('nobody listens there', async () => {
  const url = `http://127.0.0.1:${await findClosedPort()}`;
  expect(await codeOf(transportOf().request({ method: 'GET', url }))).toBe('ECONNREFUSED');
});

test.each([
  'ftp://store.test/',
  'https://user:secret@store.test/',
  'http://user@store.test/',
  'not a url',
  'blob:https://store.test/x',
])('%s is no address to send a token to', async (url) => {
  expect(await codeOf(transportOf().request({ method: 'GET', url }))).toBe('INVALID_URL');
});

test('a token with a line break in it is refused before it is sent, and not shown', async () => {
  const server = await startServer((_, response) => response.end());
  const request = transportOf().request({
    method: 'GET',
    url: server.origin,
    headers: { 'X-Vault-Token': 'hvs.abc\r\nx-evil: 1' },
  });
  expect(await codeOf(request)).toBe('INVALID_REQUEST');
  expect(server.seen).toEqual([]);
});

test('a request on a transport that is closed, or is closed meanwhile, fails', async () => {
  const server = await startTcpServer(() => undefined);
  const transport = transportOf();
  const waiting = codeOf(transport.request({ method: 'GET', url: server.origin }));
  await expectEventually(() => server.sockets.length).toBe(1);
  transport.close();
  transport.close();
  expect(await waiting).toBe('TRANSPORT_CLOSED');
  expect(await codeOf(transport.request({ method: 'GET', url: server.origin }))).toBe('TRANSPORT_CLOSED');
  await expectEventually(() => server.openSockets()).toBe(0);
});

test('closing ends the idle connections too', async () => {
  const server = await startServer((_, response) => response.end('ok'));
  const transport = transportOf();
  await transport.request({ method: 'GET', url: server.origin });
  expect(server.openSockets()).toBe(1);
  transport.close();
  await expectEventually(() => server.openSockets()).toBe(0);
});

test('a stream is handed on as it arrives, and ends when it is let go', async () => {
  const server = await startTcpServer((socket) => {
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\n');
    });
  });
  const transport = transportOf();
  const stream = await transport.open({ method: 'GET', url: server.origin });
  expect(stream.status).toBe(200);
  const texts: string[] = [];
  for await (const chunk of stream.chunks) {
    texts.push(new TextDecoder().decode(chunk));
    if (texts.length === 2) break;
    server.sockets[0]?.write('3\r\ntwo\r\n');
  }
  expect(texts).toEqual(['one', 'two']);
  await expectEventually(() => server.openSockets()).toBe(0);
});
