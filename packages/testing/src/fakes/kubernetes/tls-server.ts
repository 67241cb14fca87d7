import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { Socket } from 'node:net';
import type { ClusterCertificates } from './cluster-certificates.ts';

/** An https server on a free port of 127.0.0.1 that knows its sockets, and asks for a client certificate. */
export interface TlsServer {
  /** Such as `https://127.0.0.1:41234`. */
  readonly origin: string;
  /** How many connections were ever opened. */
  opened(): number;
  /** How many are open now. */
  open(): number;
  /** Destroys every connection; resolves when the last one and the port are gone. */
  close(): Promise<void>;
}

export async function startTlsServer(
  { ca, server: own }: ClusterCertificates,
  onRequest: RequestListener,
): Promise<TlsServer> {
  // Node's own time-outs would end a connection in the middle of a slow test.
  const server = createServer(
    {
      ...own,
      ca,
      requestCert: true,
      rejectUnauthorized: false,
      keepAliveTimeout: 0,
      requestTimeout: 0,
      headersTimeout: 0,
    },
    onRequest,
  );
  const sockets = new Set<Socket>();
  let opened = 0;
  let closing: Promise<void> | undefined;

  async function closeAll(): Promise<void> {
    const gone = [...sockets].map(untilClosed);
    server.close();
    await Promise.all([once(server, 'close'), ...gone]);
  }

  server.on('connection', (socket: Socket) => {
    opened += 1;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  // A client that does not trust the certificate breaks off.
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');

  return {
    origin: `https://127.0.0.1:${address.port}`,
    opened: () => opened,
    open: () => sockets.size,
    close() {
      closing ??= closeAll();
      return closing;
    },
  };
}

function untilClosed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', () => resolve());
    socket.destroy();
  });
}
