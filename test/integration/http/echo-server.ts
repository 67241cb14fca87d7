import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What arrived. */
export interface ArrivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface EchoServer extends AsyncDisposable {
  readonly origin: string;
  readonly port: number;
  readonly arrived: readonly ArrivedRequest[];
}

export type Answer = (request: ArrivedRequest, response: ServerResponse) => void;

/** A server of node:http, or of node:https when it gets a certificate, that notes what arrives. */
export async function startEchoServer(
  answer: Answer = (_, response) => response.end(),
  options: { readonly host?: string; readonly tls?: ServerOptions } = {},
): Promise<EchoServer> {
  const arrived: ArrivedRequest[] = [];
  const server: Server = options.tls ? createTlsServer(options.tls) : createServer();
  server.on('request', (message, response: ServerResponse) => {
    void text(message).then((body) => {
      const request = {
        method: message.method ?? '',
        path: message.url ?? '',
        headers: message.headers,
        body,
      };
      arrived.push(request);
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const origin = `${options.tls ? 'https' : 'http'}://${options.host ?? '127.0.0.1'}:${port}`;
  return {
    origin,
    port,
    arrived,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
