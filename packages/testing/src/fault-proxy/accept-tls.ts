import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer } from 'node:tls';
import type { Certificate } from './certificates.ts';

/** Makes the server's part of a TLS handshake over a connection that was accepted already. */
export function acceptTls(
  socket: Socket,
  { key, cert }: Certificate,
  protocols: readonly string[],
  onSecure: (client: Duplex) => void,
): void {
  const server = createServer({ key, cert, ALPNProtocols: [...protocols] });
  server.once('secureConnection', (client) => {
    client.on('error', () => socket.destroy());
    onSecure(client);
  });
  // A client that does not trust the certificate breaks off.
  server.once('tlsClientError', () => socket.destroy());
  // Else a client that hangs up during the handshake would leave a half of it behind.
  socket.allowHalfOpen = false;
  server.emit('connection', socket);
}
