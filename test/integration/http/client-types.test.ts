import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMPILERS, makeConsumer, ROOT, type Consumer } from './types-consumer.ts';

/** What somebody writes who has none of the clients. */
const WITHOUT_CLIENTS = `
import http from 'node:http';
import type { KeyProvider } from '@magic-hour-keys/core';
import { bindAxios, type AxiosLike } from '@magic-hour-keys/http/axios';
import { createGotOptions, type GotOptions } from '@magic-hour-keys/http/got';
import { createKeyAgents, createRequest } from '@magic-hour-keys/http/node';
import { bindDispatcher, createKeyInterceptor, type UndiciOptions } from '@magic-hour-keys/http/undici';

declare const provider: KeyProvider;
declare const instance: AxiosLike;

export const undici: UndiciOptions = { origin: undefined, replay: 'never' };
export const intercept = createKeyInterceptor(provider, undici);
export const unbind: () => void = bindDispatcher(provider, { dispatch: () => true });
export const eject: () => void = bindAxios(provider, instance, { getAdapter: () => undefined, onEvent: undefined });
export const options: GotOptions = { request: undefined };
export const hooks: number = createGotOptions(provider, options).hooks.afterResponse.length;
export const agents: { readonly http: http.Agent } = createKeyAgents(provider, { agents: { http: new http.Agent() } });
export const answer: Promise<http.IncomingMessage> = createRequest(provider)('https://api.magichour.ai/', {
  method: 'POST', headers: { 'x-a': ['1'] }, body: new Uint8Array(), signal: undefined,
});
// @ts-expect-error the address is that of the URL
void createRequest(provider)('https://api.magichour.ai/', { hostname: 'evil.test' });
// @ts-expect-error an agent can't replay
createKeyAgents(provider, { replay: 'auto' });
// @ts-expect-error getAdapter is needed
bindAxios(provider, instance, {});
// @ts-expect-error a misspelt option
createKeyInterceptor(provider, { origins: [] });
`;

/** What somebody writes who has them. */
const WITH_CLIENTS = `
import axios from 'axios';
import axiosFloor from 'axios-1-16';
import got from 'got';
import got13 from 'got-13';
import { GraphQLClient } from 'graphql-request';
import ky from 'ky';
import MagicHour from 'magic-hour';
import nodeFetch from 'node-fetch';
import { ofetch } from 'ofetch';
import createClient from 'openapi-fetch';
import { Agent, Client, interceptors, ProxyAgent, request } from 'undici';
import * as undici6 from 'undici-6';
import type { KeyProvider } from '@magic-hour-keys/core';
import { createFetch } from '@magic-hour-keys/http';
import { bindAxios } from '@magic-hour-keys/http/axios';
import { createGotOptions } from '@magic-hour-keys/http/got';
import { createMagicHourClient } from '@magic-hour-keys/http/magic-hour';
import { createKeyAgents } from '@magic-hour-keys/http/node';
import { bindDispatcher, createKeyInterceptor } from '@magic-hour-keys/http/undici';

declare const provider: KeyProvider;
const fetch = createFetch(provider);

export const viaKy = ky.extend({ fetch });
export const viaOfetch = ofetch.create({}, { fetch });
export const viaOpenApi = createClient<{}>({ baseUrl: 'https://api.magichour.ai', fetch });
export const viaGraphql = new GraphQLClient('https://api.magichour.ai', { fetch });
export const viaNodeFetch: typeof nodeFetch = createFetch(provider, { fetch: nodeFetch });

const api = axios.create();
export const ejectInstance: () => void = bindAxios(provider, api, { getAdapter: axios.getAdapter });
export const ejectAxios: () => void = bindAxios(provider, axios, { getAdapter: axios.getAdapter });
export const ejectFloor: () => void = bindAxios(provider, axiosFloor.create(), { getAdapter: axiosFloor.getAdapter });

export const viaGot = got.extend(createGotOptions(provider), { retry: { limit: 0 } });
export const viaGot13 = got13.extend(createGotOptions(provider));
export const body: Promise<{ a: number }> = viaGot('https://api.magichour.ai/').json<{ a: number }>();
const agents = createKeyAgents(provider);
export const gotOverAgents = got.extend({ agent: agents });
export const axiosOverAgents = axios.create({ httpAgent: agents.http, httpsAgent: agents.https });

export const sdk: InstanceType<typeof MagicHour.default> = createMagicHourClient(provider, MagicHour);

const intercept = createKeyInterceptor(provider);
export const dispatcher = new Agent().compose(intercept, interceptors.redirect({ maxRedirections: 3 }));
export const unbind = [
  bindDispatcher(provider, new Agent()),
  bindDispatcher(provider, new Client('https://api.magichour.ai'), { origin: 'https://api.magichour.ai' }),
  bindDispatcher(provider, new ProxyAgent('http://proxy.test')),
  bindDispatcher(provider, new undici6.Agent()),
];
export const status: Promise<number> = request('https://api.magichour.ai/', { dispatcher }).then((a) => a.statusCode);
export const dispatcher6: undici6.Dispatcher = new undici6.Agent().compose(createKeyInterceptor(provider));
`;

/** Those that this Node may have been too old to install. */
const NEWEST: Readonly<Record<string, string>> = {
  'undici-8': `import * as undici8 from 'undici-8';
export const dispatcher8: undici8.Dispatcher = new undici8.Agent().compose(createKeyInterceptor(provider));
bindDispatcher(provider, new undici8.Agent());
`,
  'got-16': `import got16 from 'got-16';
export const viaGot16 = got16.extend(createGotOptions(provider));
`,
  'ky-2': `import ky2 from 'ky-2';
export const viaKy2 = ky2.extend({ fetch });
`,
};

const CLIENTS = [
  'axios',
  'axios-1-16',
  'got',
  'got-13',
  'graphql-request',
  'ky',
  'magic-hour',
  'node-fetch',
  'ofetch',
  'openapi-fetch',
  'undici',
  'undici-6',
];

let consumer: Consumer;
beforeAll(async () => {
  consumer = await makeConsumer();
}, 60_000);
afterAll(() => consumer.remove());

describe.each(COMPILERS)('under %s and nodenext, in a strict project', (compiler) => {
  it('the adapters compile for somebody who has no client installed', async () => {
    await expect(consumer.compile(WITHOUT_CLIENTS, { compiler })).resolves.toBe('');
  });

  it('the adapters fit the types of every client', async () => {
    const newest = Object.keys(NEWEST).filter(isInstalled);
    const missing = CLIENTS.concat(newest).filter(
      (name) => !existsSync(join(consumer.folder, 'node_modules', name)),
    );
    await consumer.link(missing);
    const text = [WITH_CLIENTS, ...newest.map((name) => NEWEST[name])].join('\n');
    // The declarations of the clients are not all right under so strict a compiler.
    const options = { compiler, lib: ['es2023', 'dom', 'dom.iterable'], skipLibCheck: true };
    await expect(consumer.compile(text, options)).resolves.toBe('');
  });
});

function isInstalled(name: string): boolean {
  const isThere = existsSync(join(ROOT, 'node_modules', name));
  if (!isThere) console.log(`types not tested on Node ${process.version}: ${name} is not installed`);
  return isThere;
}
