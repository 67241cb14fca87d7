import { request as requestHttp, Agent as HttpAgent, createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { request as requestHttps, Agent as HttpsAgent } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

export interface RelayRequest {
  readonly method: string;
  /** With the query, as it was sent. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

/** What a read of the secret gets in place of the store's answer. */
export type RelayAnswer =
  | 'hang'
  | { readonly status: number; readonly headers?: OutgoingHttpHeaders | undefined; readonly text: string };

export interface RelayOptions {
  /** The real endpoint, such as `"https://vault.internal:8200"`. */
  readonly upstream: string;
  /** The authority of its certificate, in PEM. Default: those of Node. */
  readonly ca?: string | undefined;
  /** Whether this is a read of the secret: those are counted, and answered by the relay while it is told to. */
  readonly isRead: (request: RelayRequest) => boolean;
  /** Passes on the client's own `Host`, which the signature of a request covers. Default false: the real endpoint's. */
  readonly keepHost?: boolean | undefined;
}

/** Stands between a backend and a real store: sees what is asked, and does what no store does when it is told to. */
export interface Relay {
  /** Such as `http://127.0.0.1:41234`. */
  readonly origin: string;
  /** How many reads of the secret there were, also those that got no answer. */
  readonly reads: number;
  readonly requests: readonly RelayRequest[];
  /** Every read of the secret from now on gets this. Everything else still reaches the store. */
  answer(answer: RelayAnswer): void;
  /** Reads reach the store again; those that hang are cut off. */
  heal(): void;
  close(): Promise<void>;
}

export async function startRelay({ upstream, ca, isRead, keepHost = false }: RelayOptions): Promise<Relay> {
  const target = new URL(upstream);
  const isTls = target.protocol === 'https:';
  const agent = isTls ? new HttpsAgent({ keepAlive: true, ca }) : new HttpAgent({ keepAlive: true });
  const requests: RelayRequest[] = [];
  const hanging = new Set<ServerResponse>();
  const sockets = new Set<Socket>();
  let answer: RelayAnswer | undefined;
  let reads = 0;

  function relay(incoming: IncomingMessage, response: ServerResponse): void {
    const { method = 'GET', url: path = '/', headers } = incoming;
    const described = { method, path, headers };
    const counts = isRead(described);
    requests.push(described);
    if (counts) reads += 1;
    if (!counts || answer === undefined) return passOn(incoming, response);
    incoming.resume();
    if (answer === 'hang') hanging.add(response);
    else response.writeHead(answer.status, answer.headers).end(answer.text);
  }

  function passOn(incoming: IncomingMessage, response: ServerResponse): void {
    const { host: _, ...others } = incoming.headers;
    const outgoing = (isTls ? requestHttps : requestHttp)({
      agent,
      protocol: target.protocol,
      hostname: target.hostname,
      port: target.port,
      method: incoming.method,
      path: target.pathname.replace(/\/$/, '') + (incoming.url ?? '/'),
      headers: keepHost ? incoming.headers : { ...others, host: target.host },
    });
    outgoing.on('response', (answered) => {
      response.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.on('error', () => response.destroy()).pipe(response);
    });
    // A store that can't be reached is seen as such: the connection ends.
    outgoing.on('error', () => response.destroy());
    response.on('close', () => outgoing.destroy());
    incoming.pipe(outgoing);
  }

  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 }, relay);
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });

  function heal(): void {
    answer = undefined;
    for (const response of hanging) response.destroy();
    hanging.clear();
  }

  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get reads() {
      return reads;
    },
    requests,
    answer: (next) => void (answer = next),
    heal,
    async close() {
      heal();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
      });
      agent.destroy();
    },
  };
}
