import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import {
  connect,
  createServer as createTcpServer,
  type AddressInfo,
  type Server as TcpServer,
  type Socket,
} from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished } from 'vitest';
import type { Certificate } from './certificate.ts';

export interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface TestServer {
  readonly port: number;
  readonly origin: string;
  readonly seen: readonly Seen[];
  /** Every connection that was ever opened. */
  readonly sockets: readonly Socket[];
  /** Those of them that are open. */
  openSockets(): number;
}

/** A server of one answer on 127.0.0.1, gone when the test ends. */
export async function startServer(answer: RequestListener, tls?: Certificate): Promise<TestServer> {
  const seen: Seen[] = [];
  const listener: RequestListener = (request, response) => {
    void text(request).then(
      (body) => {
        seen.push({ method: request.method, url: request.url, headers: request.headers, body });
        answer(request, response);
      },
      () => response.destroy(),
    );
  };
  const server: Server = tls ? createSecureServer({ ...tls }, listener) : createServer(listener);
  server.keepAliveTimeout = 0;
  const { port, sockets, openSockets } = await listen(server);
  return { port, origin: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`, seen, sockets, openSockets };
}

/** A server below HTTP: what it does with a connection is the test. */
export async function startTcpServer(onConnection: (socket: Socket) => void): Promise<TestServer> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    onConnection(socket);
    // A socket that nobody reads never learns that the other side has gone.
    socket.resume();
  });
  const { port, sockets, openSockets } = await listen(server);
  return { port, origin: `http://127.0.0.1:${port}`, seen: [], sockets, openSockets };
}

export interface TestProxy extends TestServer {
  /** The addresses that a tunnel was asked for, such as `store.test:443`. */
  readonly tunnels: readonly string[];
  /** Status lines to refuse the next tunnels with. */
  readonly refusals: string[];
}

/** A proxy that takes every name for this machine, and `port` for every port. */
export async function startProxy(port: number, tls?: Certificate): Promise<TestProxy> {
  const tunnels: string[] = [];
  const refusals: string[] = [];
  const seen: Seen[] = [];
  const listener: RequestListener = (request, response) => {
    seen.push({ method: request.method, url: request.url, headers: request.headers, body: '' });
    response.end('through the proxy');
  };
  const server = tls ? createSecureServer({ ...tls }, listener) : createServer(listener);
  server.keepAliveTimeout = 0;
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    tunnels.push(request.url ?? '');
    seen.push({ method: request.method, url: request.url, headers: request.headers, body: '' });
    socket.on('error', () => undefined);
    const refusal = refusals.shift();
    if (refusal !== undefined) return void socket.end(`HTTP/1.1 ${refusal}\r\ncontent-length: 0\r\n\r\n`);
    const upstream = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('close', () => upstream.destroy());
  });
  const listening = await listen(server);
  const scheme = tls ? 'https' : 'http';
  return { ...listening, origin: `${scheme}://127.0.0.1:${listening.port}`, seen, tunnels, refusals };
}

async function listen(server: TcpServer): Promise<Pick<TestServer, 'port' | 'sockets' | 'openSockets'>> {
  const sockets: Socket[] = [];
  server.on('connection', (socket: Socket) => void sockets.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return {
    port: (server.address() as AddressInfo).port,
    sockets,
    openSockets: () => sockets.filter((socket) => !socket.destroyed).length,
  };
}

/** A port on which nobody listens. */
export async function findClosedPort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** For what a socket needs a moment for. The limit is only there for tests that fail. */
export function expectEventually<T>(get: () => T): ReturnType<typeof expect.poll<T>> {
  return expect.poll(get, { timeout: 4000, interval: 5 });
}
