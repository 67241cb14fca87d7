import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface TunnelProxy extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Everything that clients have sent, as the proxy can read it. */
  seen(): string;
}

/** The least that a proxy does for CONNECT. Every tunnel leads to the same port of this machine. */
export async function startTunnelProxy(target: number): Promise<TunnelProxy> {
  const seen: string[] = [];
  const sockets = new Set<Socket>();

  async function tunnel(socket: Socket): Promise<void> {
    sockets.add(socket);
    socket.on('error', () => {});
    const [head] = (await once(socket, 'data')) as [Buffer];
    seen.push(head.toString('latin1'));
    const upstream = connect({ host: '127.0.0.1', port: target });
    upstream.on('error', () => {});
    socket.on('data', (chunk: Buffer) => seen.push(chunk.toString('latin1')));
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    socket.pipe(upstream).pipe(socket);
  }

  const server = createServer((socket) => void tunnel(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    seen: () => seen.join(''),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
