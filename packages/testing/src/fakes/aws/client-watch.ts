import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

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
  const waiting = new Map<() => boolean, () => void>();
  let abandoned = 0;

  function tell(): void {
    for (const [isReached, resolve] of waiting) {
      if (!isReached()) continue;
      waiting.delete(isReached);
      resolve();
    }
  }

  function when(isReached: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      waiting.set(isReached, resolve);
      tell();
    });
  }

  return {
    note({ socket }, response) {
      response.once('close', () => {
        if (!response.writableFinished) abandoned += 1;
        tell();
      });
      if (sockets.has(socket)) return;
      sockets.add(socket);
      socket.once('close', () => {
        sockets.delete(socket);
        tell();
      });
    },
    whenAbandoned: (count) => when(() => abandoned >= count),
    whenDisconnected: () => when(() => sockets.size === 0),
  };
}
