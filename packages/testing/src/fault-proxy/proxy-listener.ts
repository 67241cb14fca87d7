import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

/** A port of 127.0.0.1 that can be closed and opened again, and that knows who is connected. */
export interface ProxyListener {
  readonly port: number;
  /** How many clients are connected and have not hung up. */
  openSockets(): number;
  /** How many connections were ever accepted. */
  connections(): number;
  /** That client has hung up, whatever else is still said to it. */
  readonly noteGone: (socket: Socket) => void;
  /** From now on connections are refused. */
  shut(): Promise<void>;
  /** On the same port. */
  reopen(): Promise<void>;
  /** Destroys every connection. */
  cut(): Promise<void>;
}

export async function openListener(onConnection: (socket: Socket) => void): Promise<ProxyListener> {
  const sockets = new Set<Socket>();
  const connected = new Set<Socket>();
  let accepted = 0;
  let server: Server | undefined;

  async function listen(atPort: number): Promise<Server> {
    const next = createServer({ allowHalfOpen: true, noDelay: true }, accept);
    next.listen(atPort, '127.0.0.1');
    await once(next, 'listening');
    return next;
  }

  function accept(socket: Socket): void {
    accepted += 1;
    sockets.add(socket);
    connected.add(socket);
    // Faults break connections on purpose; each is told by its end.
    socket.on('error', () => undefined);
    socket.once('end', () => connected.delete(socket));
    socket.once('close', () => {
      sockets.delete(socket);
      connected.delete(socket);
    });
    onConnection(socket);
  }

  async function cut(): Promise<void> {
    await Promise.all(
      [...sockets].map((socket) => {
        const closed = once(socket, 'close');
        socket.destroy();
        return closed;
      }),
    );
  }

  server = await listen(0);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  const { port } = address;

  return {
    port,
    openSockets: () => connected.size,
    connections: () => accepted,
    noteGone: (socket) => void connected.delete(socket),
    async shut() {
      const closing = server;
      server = undefined;
      closing?.close();
      await cut();
    },
    async reopen() {
      server ??= await listen(port);
    },
    cut,
  };
}
