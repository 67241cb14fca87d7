import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { createServer as createSecureServer, type ServerOptions } from 'node:https';
import type { Socket } from 'node:net';

/** An HTTP server on a free port of 127.0.0.1 that knows its sockets. */
export interface LoopbackServer {
  /** Such as `http://127.0.0.1:41234`; with a certificate, https. */
  readonly origin: string;
  /** How many connections were ever opened. */
  opened(): number;
  /** How many are open now. */
  open(): number;
  /** Destroys every connection; resolves when the last one and the port are gone. */
  close(): Promise<void>;
}

export interface LoopbackCertificate {
  /** In PEM. */
  readonly key: string;
  readonly cert: string;
  /** The authority of client certificates: whoever has one may show it. Default: nobody is asked. */
  readonly clientCa?: string | undefined;
}

/** @param certificate for https; plain http without it */
export async function startLoopbackServer(
  onRequest: RequestListener,
  certificate?: LoopbackCertificate,
): Promise<LoopbackServer> {
  // Node's own time-outs would end a connection in the middle of a slow test.
  const endless = { keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 };
  const server: Server = certificate
    ? createSecureServer({ ...endless, ...tlsOf(certificate) }, onRequest)
    : createServer(endless, onRequest);
  const sockets = new Set<Socket>();
  let opened = 0;
  let closing: Promise<void> | undefined;

  async function closeAll(): Promise<void> {
    // The server's own callback may come before the last socket has told that it is closed.
    const gone = [...sockets].map(untilClosed);
    server.close();
    await Promise.all([once(server, 'close'), ...gone]);
  }

  server.on('connection', (socket) => {
    opened += 1;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');

  return {
    origin: `${certificate ? 'https' : 'http'}://127.0.0.1:${address.port}`,
    opened: () => opened,
    open: () => sockets.size,
    close() {
      closing ??= closeAll();
      return closing;
    },
  };
}

function tlsOf({ key, cert, clientCa }: LoopbackCertificate): ServerOptions {
  if (clientCa === undefined) return { key, cert };
  return { key, cert, ca: clientCa, requestCert: true, rejectUnauthorized: false };
}

function untilClosed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', () => resolve());
    socket.destroy();
  });
}
