import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import {
  createServer as createHttp2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createWaiting } from '../../waiting.ts';

/** gRPC and REST on one port of 127.0.0.1, both without TLS. It knows its sockets. */
export interface TwoProtocolServer {
  /** Such as `http://127.0.0.1:41234`. */
  readonly origin: string;
  open(): number;
  whenDisconnected(): Promise<void>;
  close(): Promise<void>;
}

export interface TwoProtocols {
  readonly onRequest: RequestListener;
  readonly onStream: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;
}

/** What every HTTP/2 connection starts with (RFC 9113, section 3.4): no method of HTTP/1 does. */
const PREFACE_START = 'PRI ';

export async function startTwoProtocolServer({
  onRequest,
  onStream,
}: TwoProtocols): Promise<TwoProtocolServer> {
  const http = createHttpServer({ keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 }, onRequest);
  const http2 = createHttp2Server();
  const sockets = new Set<Socket>();
  const waiting = createWaiting();

  http2.on('session', (session) => session.on('error', () => undefined));
  http2.on('stream', onStream);
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      sockets.delete(socket);
      waiting.look();
    });
    socket.once('data', (first: Buffer) => {
      socket.pause();
      socket.unshift(first);
      const speaker = first.subarray(0, 4).toString() === PREFACE_START ? http2 : http;
      speaker.emit('connection', socket);
      // Both read on by themselves, the older protocol only after the pause is ended.
      if (speaker === http) socket.resume();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });

  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    open: () => sockets.size,
    whenDisconnected: () => waiting.when(() => sockets.size === 0),
    async close() {
      if (!server.listening) return;
      const gone = [...sockets].map((socket) => once(socket, 'close'));
      server.close();
      for (const socket of sockets) socket.destroy();
      await Promise.all([once(server, 'close'), ...gone]);
    },
  };
}
