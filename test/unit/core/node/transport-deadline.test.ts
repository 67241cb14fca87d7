// The deadline is a signal. It must end a request in every phase, because a store that is down seldom says so.
import type { Socket } from 'node:net';
import { createTransport } from '@magic-hour-keys/core/node';
import { onTestFinished, expect, test } from 'vitest';
import { makeCertificate } from './certificate.ts';
import { expectEventually, startProxy, startServer, startTcpServer } from './servers-for-test.ts';

interface Case {
  readonly url: string;
  readonly environment?: Record<string, string>;
  /** The connections that must be gone in the end. */
  openSockets(): number;
  /** Resolves when the phase in question has been reached. */
  reached(): Promise<void>;
}

function silentServer(onData: (socket: Socket) => void = () => undefined): Promise<Case> {
  return startTcpServer((socket) => {
    socket.on('data', () => onData(socket));
  }).then((server) => ({
    url: server.origin,
    openSockets: server.openSockets,
    reached: () => expectEventually(() => server.sockets.length).toBe(1),
  }));
}

const CASES: Readonly<Record<string, () => Promise<Case>>> = {
  'the server accepts and says nothing': () => silentServer(),
  'the head of the answer never ends': () =>
    silentServer((socket) => socket.write('HTTP/1.1 200 OK\r\nx: y')),
  'the body never ends': () =>
    silentServer((socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{')),
  'the server never begins with TLS': async () => {
    const silent = await silentServer();
    return { ...silent, url: silent.url.replace('http:', 'https:') };
  },
  'the proxy never opens the tunnel': async () => {
    const silent = await silentServer();
    return { ...silent, url: 'https://store.test/', environment: { https_proxy: silent.url } };
  },
  'nothing comes out of the tunnel': async () => {
    const behind = await startTcpServer(() => undefined);
    const proxy = await startProxy(behind.port);
    return {
      url: 'https://store.test/',
      environment: { https_proxy: proxy.origin },
      openSockets: () => proxy.openSockets() + behind.openSockets(),
      reached: () => expectEventually(() => behind.sockets.length).toBe(1),
    };
  },
};

test.each(Object.keys(CASES))('the deadline ends the request when %s', async (name) => {
  const { url, environment = {}, reached, openSockets } = await CASES[name]!();
  const transport = createTransport({ environment, ca: makeCertificate().cert });
  onTestFinished(() => transport.close());
  const deadline = new AbortController();
  const reason = new Error('the deadline of this read');
  const waiting = transport
    .request({ method: 'GET', url, signal: deadline.signal })
    .catch((thrown: unknown) => thrown);
  await reached();
  deadline.abort(reason);
  expect(await waiting).toBe(reason);
  await expectEventually(openSockets).toBe(0);
});

test('a deadline that has passed already lets nothing out', async () => {
  const server = await startServer((_, response) => response.end());
  const transport = createTransport({ environment: {} });
  const reason = new Error('too late');
  await expect(
    transport.request({ method: 'GET', url: server.origin, signal: AbortSignal.abort(reason) }),
  ).rejects.toBe(reason);
  expect(server.sockets).toEqual([]);
});

test('a deadline that passes afterwards leaves the idle connection alone', async () => {
  const server = await startServer((_, response) => response.end('ok'));
  const transport = createTransport({ environment: {} });
  onTestFinished(() => transport.close());
  const deadline = new AbortController();
  await transport.request({ method: 'GET', url: server.origin, signal: deadline.signal });
  deadline.abort();
  await transport.request({ method: 'GET', url: server.origin });
  expect(server.sockets).toHaveLength(1);
});

test('one request that is given up does not disturb the others', async () => {
  const server = await startServer((request, response) => {
    if (request.url === '/fine') response.end('fine');
  });
  const transport = createTransport({ environment: {} });
  onTestFinished(() => transport.close());
  const deadline = new AbortController();
  const hung = transport
    .request({ method: 'GET', url: `${server.origin}/hung`, signal: deadline.signal })
    .catch((thrown: unknown) => thrown);
  const fine = transport.request({ method: 'GET', url: `${server.origin}/fine` });
  deadline.abort();
  expect(await hung).toBe(deadline.signal.reason);
  expect((await fine).body).toBe('fine');
});
