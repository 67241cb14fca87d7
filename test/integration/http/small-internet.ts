import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Agent, buildConnector } from 'undici';
import { startEchoServer, type Answer, type ArrivedRequest } from './echo-server.ts';
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
  /** For undici and the global fetch. */
  readonly dispatcher: Agent;
  /** For node-fetch. */
  agentFor(url: URL): HttpAgent;
}

/**
 * Every host and every port of the world, on two sockets of this machine: one speaks TLS and one does not. So the real
 * origin can be tried, with the default ports, where clients were seen to forget that 443 and 80 are not the same.
 */
export async function startSmallInternet(answer: Answer): Promise<SmallInternet> {
  const { key, cert } = makeSelfSigned();
  const secure = await startEchoServer(note('https'), { tls: { key, cert } });
  const plain = await startEchoServer(note('http'));
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

  const connect = buildConnector({ ca: cert, checkServerIdentity: () => undefined });
  const dispatcher = new Agent({
    connect: (options, callback) => {
      const { port } = options.protocol === 'https:' ? secure : plain;
      connect({ ...options, hostname: '127.0.0.1', host: '127.0.0.1', port: String(port) }, callback);
    },
  });
  const httpsAgent = new HttpsAgent();
  httpsAgent.createConnection = () =>
    connectTls({ host: '127.0.0.1', port: secure.port, ca: cert, checkServerIdentity: () => undefined });
  const httpAgent = new HttpAgent();
  httpAgent.createConnection = () => connectTcp({ host: '127.0.0.1', port: plain.port });

  return {
    arrivals,
    dispatcher,
    agentFor: (url) => (url.protocol === 'https:' ? httpsAgent : httpAgent),
    async [Symbol.asyncDispose]() {
      await dispatcher.destroy();
      httpsAgent.destroy();
      httpAgent.destroy();
      await secure[Symbol.asyncDispose]();
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
