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
 * `prepare` first, redirects too, with the origin to which it really goes, such as `https://api.magichour.ai/`;
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
      prepare(request, originOf(protocol, options, inner.options ?? {}));
    } catch (error) {
      fail(request, error as Error);
      return;
    }
    inner.addRequest(request, options, ...legacy);
  };
  const wrapped = Object.create(agent) as Wrapped & Connecting;
  // Assigned: to be created with a descriptor, an object needs ten times as long.
  wrapped.addRequest = addRequest;
  return wrapped;
}

const DEFAULT_PORTS = { 'http:': 80, 'https:': 443 };

function originOf(protocol: 'http:' | 'https:', asked: Address, own: Address): string | undefined {
  if (pick('socketPath', asked, own)) return undefined;
  const host = pick('host', asked, own) ?? 'localhost';
  const port = pick('port', asked, own) ?? '';
  const hostname = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  // As a URL is written, so that it need not be parsed to be known again.
  const isDefault = Number(port) === DEFAULT_PORTS[protocol];
  return isDefault ? `${protocol}//${hostname}/` : `${protocol}//${hostname}:${port}/`;
}

/** As in Node's agent, whose own options win. Not by copying both, of which there are dozens. */
function pick<Name extends keyof Address>(name: Name, asked: Address, own: Address): Address[Name] {
  return Object.hasOwn(own, name) ? own[name] : asked[name];
}

/** As Node's agent does when it can't connect: whoever made the request has no listeners on it yet. */
function fail(request: ClientRequest, error: Error): void {
  (request as unknown as { onSocket(socket: null, error: Error): void }).onSocket(null, error);
}
