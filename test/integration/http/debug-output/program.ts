// Sends one request that succeeds, one that is refused and one that fails, by the client that argv names. The test runs
// it under NODE_DEBUG and DEBUG, and reads what it prints.
import http from 'node:http';
import axios from 'axios';
import { got } from 'got';
import nodeFetch from 'node-fetch';
import { Agent, request } from 'undici';
import { createApiKey, type ApiKey, type KeyProvider } from '@magic-hour-keys/core';
import { createFetch } from '@magic-hour-keys/http';
import { bindAxios } from '@magic-hour-keys/http/axios';
import { createGotOptions } from '@magic-hour-keys/http/got';
import { createKeyAgents, createRequest } from '@magic-hour-keys/http/node';
import { bindDispatcher } from '@magic-hour-keys/http/undici';

const [, , client = '', origin = '', gone = ''] = process.argv;
const value = process.env['TEST_KEY'] ?? '';
const key: ApiKey = createApiKey(value, { source: 'test' });
const provider: KeyProvider = {
  name: 'test',
  getKey: async () => key,
  renew: async () => undefined,
  peek: () => key,
};
const options = { allowedOrigins: [origin, gone], allowInsecureLoopback: true };
const headers = { authorization: `Bearer ${value}` };

type SendOne = (url: string) => Promise<unknown>;

const CLIENTS: Readonly<Record<string, () => SendOne>> = {
  fetch: () => {
    const keyed = createFetch(provider, options);
    return async (url) => (await keyed(url)).text();
  },
  undici: () => {
    const dispatcher = new Agent();
    bindDispatcher(provider, dispatcher, options);
    return async (url) => (await request(url, { dispatcher })).body.text();
  },
  axios: () => {
    const instance = axios.create({ adapter: 'http' });
    bindAxios(provider, instance, { ...options, getAdapter: axios.getAdapter });
    return (url) => instance.get(url);
  },
  got: () => {
    const keyed = got.extend(createGotOptions(provider, options), { retry: { limit: 0 } });
    return (url) => keyed(url);
  },
  node: () => {
    const keyed = createRequest(provider, options);
    return async (url) => (await keyed(url)).resume();
  },
  agents: () => {
    const agents = createKeyAgents(provider, options);
    return async (url) => (await nodeFetch(url, { agent: agents.http })).text();
  },
  // As people write it: these show that the search sees something.
  'axios, usual': () => (url) => axios.get(url, { headers, adapter: 'http' }),
  'got, usual': () => (url) => got(url, { headers, retry: { limit: 0 } }),
  'node, usual': () => (url) =>
    new Promise((resolve, reject) => {
      http.get(url, { headers }, (response) => resolve(response.resume())).on('error', reject);
    }),
};

const send = CLIENTS[client]?.();
if (!send) throw new Error(`there is no client ${client}`);
for (const url of [`${origin}/ok`, `${origin}/refused`, gone]) {
  const outcome = await send(url).catch((error: unknown) => error);
  console.log(outcome);
  console.error(outcome);
}
process.exit();
