import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { createWaiting } from '../../waiting.ts';

/** What the clients do with their connections. */
export interface ClientWatch {
  note(message: IncomingMessage, response: ServerResponse): void;
  /** Resolves as soon as that many requests were given up before they were answered. */
  whenAbandoned(count: number): Promise<void>;
  /** Resolves as soon as no connection that ever made a request is open. */
  whenDisconnected(): Promise<void>;
}

export function createClientWatch(): ClientWatch {
  const sockets = new Set<Socket>();
  const waiting = createWaiting();
  let abandoned = 0;

  return {
    note({ socket }, response) {
      response.once('close', () => {
        if (!response.writableFinished) abandoned += 1;
        waiting.look();
      });
      if (sockets.has(socket)) return;
      sockets.add(socket);
      socket.once('close', () => {
        sockets.delete(socket);
        waiting.look();
      });
    },
    whenAbandoned: (count) => waiting.when(() => abandoned >= count),
    whenDisconnected: () => waiting.when(() => sockets.size === 0),
  };
}
