import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Agent, buildConnector } from 'undici';
import { startEchoServer, type Answer, type ArrivedRequest, type EchoServer } from './echo-server.ts';
import { makeSelfSigned } from './self-signed.ts';

/** What arrived where, such as at `https://api.magichour.ai`. */
export interface Arrival {
  readonly at: string;
  readonly method: string;
  readonly authorization: string | undefined;
}

export interface SmallInternet extends AsyncDisposable {
  /** Every request that arrived at any host, in order. */
  readonly arrivals: readonly Arrival[];
  /** Gives what has arrived, and forgets it. */
  takeArrivals(): readonly Arrival[];
  /** For undici and the global fetch. */
  readonly dispatcher: Agent;
  /** For node-fetch. */
  agentFor(url: URL): HttpAgent;
  /** For clients that take one agent for each protocol. */
  readonly agents: { readonly http: HttpAgent; readonly https: HttpsAgent };
  /** For dispatchers of other majors of undici. */
  readonly connect: buildConnector.connector;
  /** Where a request to this origin with an explicit port really arrives. */
  readonly ports: { readonly secure: number; readonly otherSecure: number; readonly plain: number };
}

/**
 * Every host and every port of the world, on three sockets of this machine: two speak TLS and one does not. So the
 * real origin can be tried, with the default ports, where clients were seen to forget that 443 and 80 are not the same.
 * The ports of the three sockets lead to themselves.
 */
export async function startSmallInternet(answer: Answer): Promise<SmallInternet> {
  const { key, cert } = makeSelfSigned();
  const secure = await startEchoServer(note('https'), { tls: { key, cert } });
  const otherSecure = await startEchoServer(note('https'), { tls: { key, cert } });
  const plain = await startEchoServer(note('http'));
  const known = new Set([secure.port, otherSecure.port, plain.port]);
  const arrivals: Arrival[] = [];

  function note(scheme: string): Answer {
    return (request, response) => {
      arrivals.push({
        at: new URL(`${scheme}://${request.headers.host}`).origin,
        method: request.method,
        authorization: request.headers.authorization,
      });
      answer(request, response);
    };
  }

  function portOf(asked: unknown, standard: EchoServer): number {
    return known.has(Number(asked)) ? Number(asked) : standard.port;
  }

  const connector = buildConnector({ ca: cert, checkServerIdentity: () => undefined });
  const connect: buildConnector.connector = (options, callback) => {
    const port = portOf(options.port, options.protocol === 'https:' ? secure : plain);
    connector({ ...options, hostname: '127.0.0.1', host: '127.0.0.1', port: String(port) }, callback);
  };
  const dispatcher = new Agent({ connect });
  const httpsAgent = new HttpsAgent();
  httpsAgent.createConnection = (options: object) =>
    connectTls({
      host: '127.0.0.1',
      port: portOf((options as { port?: unknown }).port, secure),
      ca: cert,
      checkServerIdentity: () => undefined,
    });
  const httpAgent = new HttpAgent();
  httpAgent.createConnection = (options: object) =>
    connectTcp({ host: '127.0.0.1', port: portOf((options as { port?: unknown }).port, plain) });

  return {
    arrivals,
    takeArrivals: () => arrivals.splice(0),
    dispatcher,
    connect,
    agents: { http: httpAgent, https: httpsAgent },
    ports: { secure: secure.port, otherSecure: otherSecure.port, plain: plain.port },
    agentFor: (url) => (url.protocol === 'https:' ? httpsAgent : httpAgent),
    async [Symbol.asyncDispose]() {
      await dispatcher.destroy();
      httpsAgent.destroy();
      httpAgent.destroy();
      await secure[Symbol.asyncDispose]();
      await otherSecure[Symbol.asyncDispose]();
      await plain[Symbol.asyncDispose]();
    },
  };
}

/** Answers `/go?to=…&status=…` with a redirect, and everything else with 200. */
export function redirectWhenAsked({ path }: ArrivedRequest, response: Parameters<Answer>[1]): void {
  const { pathname, searchParams } = new URL(path, 'http://x');
  if (pathname === '/go') {
    response.writeHead(Number(searchParams.get('status') ?? 302), { location: searchParams.get('to') ?? '' });
  }
  response.end();
}
