import type { ClientRequest, IncomingMessage } from 'node:http';
import type { HttpRoutes, OutgoingCall } from './http-routes.ts';
import { createTransportError, toTransportError, type TransportError } from './transport-error.ts';

export interface Exchange {
  readonly message: IncomingMessage;
  /** The body as it arrives. It ends with an error where the connection ends early. */
  chunks(): AsyncGenerator<Uint8Array, void, undefined>;
}

export interface ExchangeCall extends OutgoingCall {
  readonly body: string | undefined;
  /** Whether waiting for the answer may keep the process running. */
  readonly keepsProcessAlive: boolean;
}

const MOST_STALE_SOCKETS = 3;

/** Runs exchanges and can end all of them. */
export interface ExchangeRunner {
  /** Resolves with the head of the answer. An abort, also one while the body is read, is told by the signal's reason. */
  run(call: ExchangeCall): Promise<Exchange>;
  close(): void;
}

export function createExchangeRunner(routes: HttpRoutes): ExchangeRunner {
  const open = new Set<(error: TransportError) => void>();

  /** A server closes an idle connection in the very moment in which it is used again: then a new one is taken. */
  async function run(call: ExchangeCall): Promise<Exchange> {
    for (let count = 1; ; count++) {
      const attempt = startExchange(call, routes, open);
      try {
        // oxlint-disable-next-line no-await-in-loop
        return await attempt.exchange;
      } catch (raw) {
        call.signal?.throwIfAborted();
        const error = toTransportError(raw, routes.isProxied(call.url));
        const mayRepeat = attempt.isStale() && isIdempotent(call.method) && count <= MOST_STALE_SOCKETS;
        if (!mayRepeat) throw error;
      }
    }
  }

  return {
    run,
    close() {
      for (const end of [...open]) end(createTransportError('TRANSPORT_CLOSED'));
    },
  };
}

interface Attempt {
  readonly exchange: Promise<Exchange>;
  /** It failed on a connection that had served another request before. */
  isStale(): boolean;
}

function startExchange(
  call: ExchangeCall,
  routes: HttpRoutes,
  open: Set<(error: TransportError) => void>,
): Attempt {
  const { signal, body } = call;
  let outgoing: ClientRequest | undefined;
  let message: IncomingMessage | undefined;
  let ended: TransportError | undefined;
  let isReused = false;

  function end(error: TransportError): void {
    ended ??= error;
    (message ?? outgoing)?.destroy(error);
  }

  function abort(): void {
    end(createTransportError('CONNECTION_ENDED'));
  }

  async function* chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for await (const chunk of message ?? []) yield chunk as Uint8Array;
    } catch (raw) {
      signal?.throwIfAborted();
      throw ended ?? bodyError(raw);
    }
  }

  const exchange = new Promise<Exchange>((resolve, reject) => {
    outgoing = routes.start(call);
    open.add(end);
    signal?.addEventListener('abort', abort, { once: true });
    // Later errors are those of the body, which tells them itself.
    outgoing.on('error', (raw) => reject(ended ?? raw));
    outgoing.once('close', () => {
      open.delete(end);
      signal?.removeEventListener('abort', abort);
      reject(ended ?? createTransportError('CONNECTION_ENDED'));
    });
    outgoing.once('response', (answer) => {
      message = answer;
      resolve({ message: answer, chunks });
    });
    outgoing.once('socket', (socket) => {
      isReused = outgoing?.reusedSocket === true;
      // Deno takes it as its leave to send a request once more by itself, also one that was cancelled.
      if (outgoing) outgoing.reusedSocket = false;
      if (!call.keepsProcessAlive) socket.unref();
    });
    outgoing.end(body);
  });
  return {
    exchange,
    isStale: () => isReused && ended === undefined && message === undefined,
  };
}

/** Node's own code for an answer that ends early is about streams, and would help nobody. */
function bodyError(raw: unknown): TransportError {
  const error = toTransportError(raw);
  return error.code.startsWith('ERR_STREAM_') ? createTransportError('CONNECTION_ENDED') : error;
}

/** RFC 9110 section 9.2.2, as far as stores use it. */
function isIdempotent(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}
