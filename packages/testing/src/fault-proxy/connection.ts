import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { KeyRuntime } from '@magic-hour-keys/core';

/** One client's connection, as a fault sees it. */
export interface Connection {
  /** What the client says and hears, without TLS. */
  readonly client: Duplex;
  readonly ms: number;
  readonly bytes: number;
  /** What a faulty answer carries. */
  readonly body: string;
  /** A connection to the target, which ends together with this one. */
  readonly connectTarget: () => Socket;
  /** Runs once, unless the connection is gone by then. */
  readonly after: (ms: number, run: () => void) => void;
  /** Runs again and again as long as there is a connection. */
  readonly every: (ms: number, run: () => void) => void;
  /** Ends it with FIN: all that was written arrives. */
  readonly end: () => void;
  /** Ends it with RST: what was written last may be lost. */
  readonly reset: () => void;
}

/** What becomes of a connection. */
export type Fault = (connection: Connection) => void;

export interface ConnectionParts {
  readonly socket: Socket;
  readonly client: Duplex;
  readonly target: { readonly host: string; readonly port: number };
  readonly ms: number;
  readonly bytes: number;
  readonly body: string;
  readonly runtime: Pick<KeyRuntime, 'setTimer'>;
}

export function createConnection(parts: ConnectionParts): Connection {
  const { socket, client, target, ms, bytes, body, runtime } = parts;
  const cancels = new Set<() => void>();
  let gone = false;

  function after(delayMs: number, run: () => void): void {
    if (gone) return;
    const cancel = runtime.setTimer(
      delayMs,
      () => {
        cancels.delete(cancel);
        run();
      },
      false,
    );
    cancels.add(cancel);
  }

  function every(delayMs: number, run: () => void): void {
    after(delayMs, () => {
      run();
      every(delayMs, run);
    });
  }

  socket.once('close', () => {
    gone = true;
    for (const cancel of cancels) cancel();
    client.destroy();
  });

  return {
    client,
    ms,
    bytes,
    body,
    after,
    every,
    connectTarget() {
      const upstream = connect({ ...target, allowHalfOpen: true });
      // Who hangs up is told by the end of the stream; how, is nobody's business here.
      upstream.on('error', () => client.destroy());
      socket.once('close', () => upstream.destroy());
      return upstream;
    },
    end: () => void client.end(),
    reset: () => void socket.resetAndDestroy(),
  };
}
