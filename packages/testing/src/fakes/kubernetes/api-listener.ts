import { once } from 'node:events';
import { createServer as createPlainServer, type RequestListener } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import type { Socket } from 'node:net';
import type { ClusterCertificates } from './cluster-certificates.ts';

/** A server on a free port of 127.0.0.1 that knows its sockets, and over https asks for a client certificate. */
export interface ApiListener {
  /** Such as `https://127.0.0.1:41234`. */
  readonly origin: string;
  /** How many connections were ever opened. */
  opened(): number;
  /** How many are open now. */
  open(): number;
  /** Destroys every connection; resolves when the last one and the port are gone. */
  close(): Promise<void>;
}

/** @param certificates undefined for http */
export async function startApiListener(
  certificates: ClusterCertificates | undefined,
  onRequest: RequestListener,
): Promise<ApiListener> {
  // Node's own time-outs would end a connection in the middle of a slow test.
  const patient = { keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 };
  const server = certificates
    ? createServer({ ...patient, ...tlsOf(certificates) }, onRequest)
    : createPlainServer(patient, onRequest);
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
    origin: `${certificates ? 'https' : 'http'}://127.0.0.1:${address.port}`,
    opened: () => opened,
    open: () => sockets.size,
    close() {
      closing ??= closeAll();
      return closing;
    },
  };
}

/** A client without a certificate may log in by a token. */
function tlsOf({ ca, server: own }: ClusterCertificates): ServerOptions {
  return { ...own, ca, requestCert: true, rejectUnauthorized: false };
}

function untilClosed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', () => resolve());
    socket.destroy();
  });
}
