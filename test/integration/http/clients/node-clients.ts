import http from 'node:http';
import https from 'node:https';
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';
import nodeFetch3 from 'node-fetch';
import type { KeyProvider } from '@magic-hour-keys/core';
import { createKeyAgents, createRequest, type KeyAgents } from '@magic-hour-keys/http/node';
import {
  signalOf,
  type ClientUnderTest,
  type OpenClient,
  type OpenOptions,
  type SentRequest,
} from './client-under-test.ts';

// These two come without types.
const require = createRequire(import.meta.url);
const nodeFetch2 = require('node-fetch-2') as typeof nodeFetch3;
const superagent = require('superagent') as Superagent;

interface SuperagentResponse {
  readonly status: number;
  readonly text: string;
}
interface SuperagentRequest extends PromiseLike<SuperagentResponse> {
  agent(agent: http.Agent): this;
  set(headers: Readonly<Record<string, string>>): this;
  ok(isOk: () => boolean): this;
  buffer(whole: boolean): this;
  parse(parser: unknown): this;
  send(body: string): this;
  timeout(ms: number): this;
  on(event: string, listener: (value: SuperagentResponse) => void): this;
}
interface Superagent {
  (method: string, url: string): SuperagentRequest;
  readonly parse: { readonly text: unknown };
}

const helper: ClientUnderTest = {
  name: 'node:http, request helper',
  redirects: 'given',
  async open(provider, options) {
    const { internet } = options;
    const request = createRequest(provider, options);
    const agents = internet?.agents ?? makeAgents();
    return {
      async send(url, sent = {}) {
        const { method, headers, body } = sent;
        const signal = signalOf(sent);
        const agent = isSecure(url) ? agents.https : agents.http;
        const raw = await request(url, { method, headers, signal, agent, body: body as string });
        return { status: raw.statusCode ?? 0, body: await text(raw), raw };
      },
      async [Symbol.asyncDispose]() {
        agents.http.destroy();
        agents.https.destroy();
      },
    };
  },
};

type SendOverAgents = (
  agents: KeyAgents,
  url: string,
  request: SentRequest,
) => Promise<{ status: number; body: string; raw: unknown }>;

function agentClient(
  name: string,
  redirects: ClientUnderTest['redirects'],
  send: SendOverAgents,
): ClientUnderTest {
  return {
    name: `${name}, key agents`,
    redirects,
    isSynchronous: true,
    replays: false,
    open: async (provider, options) => openOverAgents(provider, options, send),
  };
}

function openOverAgents(provider: KeyProvider, options: OpenOptions, send: SendOverAgents): OpenClient {
  const { internet } = options;
  const agents = createKeyAgents(provider, { ...options, agents: internet?.agents });
  return {
    send: (url, request = {}) => send(agents, url, request),
    async [Symbol.asyncDispose]() {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

function isSecure(url: string): boolean {
  return new URL(url).protocol === 'https:';
}

function makeAgents(): KeyAgents {
  return { http: new http.Agent({ keepAlive: true }), https: new https.Agent({ keepAlive: true }) };
}

const plain = agentClient('node:http', 'given', async (agents, url, sent) => {
  const { method, headers, body } = sent;
  const signal = signalOf(sent);
  const [client, agent] = isSecure(url) ? [https, agents.https] : [http, agents.http];
  return new Promise((resolve, reject) => {
    const request = client.request(url, { method, headers: { ...headers }, agent, signal });
    request.on('error', reject);
    request.on('response', (response) => {
      text(response).then(
        (whole) => resolve({ status: response.statusCode ?? 0, body: whole, raw: response }),
        reject,
      );
    });
    if (typeof body === 'object' && body !== null) (body as NodeJS.ReadableStream).pipe(request);
    else request.end(body);
  });
});

function overNodeFetch(fetch: typeof nodeFetch3): SendOverAgents {
  return async (agents, url, sent) => {
    const { method, headers, body } = sent;
    const signal = signalOf(sent);
    const agent = ({ protocol }: URL): http.Agent => (protocol === 'https:' ? agents.https : agents.http);
    const init: object = { method, headers: { ...headers }, body, signal, agent };
    const raw = await fetch(url, init);
    return { status: raw.status, body: await raw.text(), raw };
  };
}

/** One agent for all hops, so a redirect to another protocol is an error. It knows no signals, but time limits. */
const overSuperagent: SendOverAgents = async (agents, url, sent) => {
  const { method = 'GET', headers, body, signal, timeoutMs = signal && 500 } = sent;
  const agent = isSecure(url) ? agents.https : agents.http;
  const request = superagent(method, url)
    .agent(agent)
    .set({ ...headers });
  request
    .ok(() => true)
    .buffer(true)
    .parse(superagent.parse.text);
  if (typeof body === 'string') request.send(body);
  if (timeoutMs) request.timeout(timeoutMs);
  const raw = await (typeof body === 'object' && body !== null
    ? new Promise<SuperagentResponse>((resolve, reject) => {
        request.on('response', resolve).on('error', reject);
        (body as NodeJS.ReadableStream).pipe(request as unknown as NodeJS.WritableStream);
      })
    : request);
  return { status: raw.status, body: raw.text, raw };
};

export const nodeClients: readonly ClientUnderTest[] = [
  helper,
  plain,
  agentClient('node-fetch 2', 'followed', overNodeFetch(nodeFetch2)),
  agentClient('node-fetch 3', 'followed', overNodeFetch(nodeFetch3)),
  agentClient('superagent', 'followed', overSuperagent),
];
