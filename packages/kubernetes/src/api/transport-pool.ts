import { createTransport, type Transport } from '@magic-hour-keys/core/node';
import type { ClusterLogin } from '../auth/cluster-login.ts';

/** Keep-alive connections, of which client-node has none: it makes a new one, with its handshake, for each request. */
export interface TransportPool {
  /** One transport for all with the same certificates and proxy; it lives at least as long as `run`. */
  use<T>(login: ClusterLogin, run: (transport: Transport) => Promise<T>): Promise<T>;
  close(): void;
}

interface Entry {
  readonly of: string;
  readonly transport: Transport;
  users: number;
}

/** A Secret has at most a mebibyte, which base64 makes longer by a third; then there are its labels and annotations. */
const MAX_BODY_BYTES = 2 * 1_048_576;

export function createTransportPool(): TransportPool {
  const entries = new Set<Entry>();
  let current: Entry | undefined;
  let isClosed = false;

  function leave(entry: Entry): void {
    entries.delete(entry);
    entry.transport.close();
  }

  /** A certificate that was renewed needs connections of its own; the old ones end with their last request. */
  function enter({ tls, proxies }: ClusterLogin): Entry {
    const of = JSON.stringify([tls, proxies]);
    if (current?.of === of) return current;
    if (current?.users === 0) leave(current);
    const transport = createTransport({ ...tls, environment: proxies, maxBodyBytes: MAX_BODY_BYTES });
    if (isClosed) transport.close();
    current = { of, transport, users: 0 };
    entries.add(current);
    return current;
  }

  return {
    async use(login, run) {
      const entry = enter(login);
      entry.users += 1;
      try {
        return await run(entry.transport);
      } finally {
        entry.users -= 1;
        if (entry.users === 0 && entry !== current) leave(entry);
      }
    },
    close() {
      isClosed = true;
      for (const entry of entries) entry.transport.close();
      entries.clear();
      current = undefined;
    },
  };
}
