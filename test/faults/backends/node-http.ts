import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, createServer, request, type IncomingMessage } from 'node:http';
import { Agent as TlsAgent, request as requestOverTls } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { KeyErrorCode, KeyReading, KeySource } from '@magic-hour-keys/core';
import type { ProxyAddress, StoreUnderFault } from '../backend-under-fault.ts';

const LONGEST_ANSWER_BYTES = 128 * 1024;

/** The measure for the SDKs: what a source does that is written with nothing but Node, and with care. */
export async function startHttpStore(key: string): Promise<StoreUnderFault> {
  const token = randomBytes(24).toString('base64url');
  const server = createServer((incoming, response) => {
    response.statusCode = incoming.headers['x-token'] === token ? 200 : 403;
    response.end(JSON.stringify({ value: key }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    secrets: [token],
    makeSource: (proxy) => createHttpSource(proxy, token),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function createHttpSource({ url, ca }: ProxyAddress, token: string): KeySource {
  const agent = ca === undefined ? new Agent({ keepAlive: true }) : new TlsAgent({ keepAlive: true, ca });
  const ask = ca === undefined ? request : requestOverTls;

  async function read(signal: AbortSignal): Promise<KeyReading> {
    const sent = ask(url, { agent, signal, headers: { 'x-token': token } }).end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    if (response.statusCode !== 200) throw new RefusedAnswer('unknown');
    return { value: valueOf(await readBody(response)) };
  }

  return {
    name: 'node:http',
    location: url,
    read: ({ signal }) => read(signal),
    classify: (error) => (error instanceof RefusedAnswer ? error.code : 'unavailable'),
    close: async () => agent.destroy(),
  };
}

class RefusedAnswer extends Error {
  readonly code: KeyErrorCode;
  constructor(code: KeyErrorCode) {
    super(code);
    this.code = code;
  }
}

async function readBody(response: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of response.setEncoding('utf8')) {
    body += chunk as string;
    if (body.length > LONGEST_ANSWER_BYTES) throw new RefusedAnswer('invalid_key');
  }
  return body;
}

function valueOf(body: string): string {
  try {
    const { value } = JSON.parse(body) as { value?: unknown };
    if (typeof value === 'string') return value;
  } catch {
    // What the parser says quotes the body.
  }
  throw new RefusedAnswer('unknown');
}
