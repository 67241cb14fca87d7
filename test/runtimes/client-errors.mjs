// The errors and answers of clients, some of which hold the request: nothing that this runtime shows of them gives the key
// away. Each client meets a server that refuses, one that fails, one that breaks off, and none.
//   client-errors.mjs <axios|got|node:http|fetch>
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createKeyProvider } from '@magic-hour-keys/core';
import { createFetch } from '@magic-hour-keys/http';
import { bindAxios } from '@magic-hour-keys/http/axios';
import { createGotOptions } from '@magic-hour-keys/http/got';
import { createRequest } from '@magic-hour-keys/http/node';
import { createMemorySource, findLeaks } from '@magic-hour-keys/testing';
import { listOwnSinks, show } from './own-sinks.mjs';

const source = createMemorySource();
const key = source.current;
const provider = createKeyProvider(source);
await provider.getKey();
let authorization;
const server = createServer((request, answer) => {
  ({ authorization } = request.headers);
  request.resume();
  if (request.url === '/cut') request.socket.destroy();
  else answer.writeHead(request.url === '/refused' ? 401 : 500).end('{"message":"no"}');
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const origin = `http://127.0.0.1:${server.address().port}`;
const NOWHERE = 'http://127.0.0.1:1';
const allowed = { allowedOrigins: [origin, NOWHERE], allowInsecureLoopback: true };

/** Their errors lead to the request, whose connection may still hold what it had to send: of those, what people print. */
const KEEP_REQUEST = new Set(['axios', 'got']);
/** What shows hidden members, which nobody prints by accident. */
const HIDDEN =
  /^(?:walk|inspect everything|format %o|JSON\.stringify of hidden|console\.dir|.* of everything$)/;

/** Each gives what a program gets of one POST: an error, or an answer. */
const CLIENTS = {
  async axios() {
    const { default: axios } = await import('axios');
    const api = axios.create();
    bindAxios(provider, api, { ...allowed, getAdapter: axios.getAdapter });
    return (url) => api.post(url, '{}');
  },
  async got() {
    const { default: got } = await import('got');
    const api = got.extend({ retry: { limit: 0 } }, createGotOptions(provider, allowed));
    return (url) => api.post(url, { body: '{}' });
  },
  async 'node:http'() {
    const request = createRequest(provider, allowed);
    return async (url) => {
      const answer = await request(url, { method: 'POST', body: '{}' });
      answer.resume();
      return answer;
    };
  },
  async fetch() {
    const fetch = createFetch(provider, allowed);
    return (url) => fetch(url, { method: 'POST', body: '{}' });
  },
};

const [, , name] = process.argv;
const send = await CLIENTS[name]();
const own = await listOwnSinks();

/** The names of the sinks that show the key. */
function search(value) {
  const shown = [
    ...findLeaks(value, [key])
      .filter(({ encoding }) => encoding !== 'unsearched')
      .map(({ sink }) => sink),
    ...Object.keys(own).filter((sink) => findLeaks(show(own[sink], value), [key]).length > 0),
  ];
  return KEEP_REQUEST.has(name) ? shown.filter((sink) => !HIDDEN.test(sink)) : shown;
}

assert.notDeepEqual(search(Object.assign(new Error('a request failed'), { headers: { key } })), []);
const faults = [];
for (const url of [`${origin}/refused`, `${origin}/broken`, `${origin}/cut`, `${NOWHERE}/none`]) {
  authorization = undefined;
  const met = await send(url).catch((error) => error);
  if (url.startsWith(origin)) {
    assert.equal(authorization === `Bearer ${key}`, true, `${url}: the request had no key`);
  }
  faults.push(...search(met).map((sink) => `${new URL(url).pathname}: ${sink}`));
}
server.closeAllConnections();
server.close();
await provider.close();
assert.deepEqual(faults, []);
