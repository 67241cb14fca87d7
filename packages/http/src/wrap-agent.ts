import type { Agent, ClientRequest } from 'node:http';

/** Where a request goes. */
interface Address {
  readonly host?: string;
  readonly port?: number | string;
  readonly socketPath?: string;
}

/** What Node calls for each request; its types do not know of it. */
interface Connecting {
  readonly options?: Address;
  addRequest(request: ClientRequest, options: Address, ...legacy: unknown[]): void;
}

/**
 * The same agent, with another door: connections, options and events are those of the given one. Every request passes
 * `prepare` first, redirects too, with the origin to which it really goes, such as `https://api.magichour.ai:443/`;
 * undefined for a socket in the file system. What that throws is the request's error.
 */
export function wrapAgent<Wrapped extends Agent>(
  agent: Wrapped,
  protocol: 'http:' | 'https:',
  prepare: (request: ClientRequest, origin: string | undefined) => void,
): Wrapped {
  const inner = agent as unknown as Connecting;
  const addRequest: Connecting['addRequest'] = (request, options, ...legacy) => {
    try {
      // As in Node's agent, whose own options win.
      prepare(request, originOf(protocol, { ...options, ...inner.options }));
    } catch (error) {
      fail(request, error as Error);
      return;
    }
    inner.addRequest(request, options, ...legacy);
  };
  return Object.create(agent, { addRequest: { value: addRequest } }) as Wrapped;
}

function originOf(
  protocol: string,
  { host = 'localhost', port = '', socketPath }: Address,
): string | undefined {
  const hostname = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  return socketPath ? undefined : `${protocol}//${hostname}:${port}/`;
}

/** As Node's agent does when it can't connect: whoever made the request has no listeners on it yet. */
function fail(request: ClientRequest, error: Error): void {
  (request as unknown as { onSocket(socket: null, error: Error): void }).onSocket(null, error);
}
