import { Agent as HttpAgent, globalAgent, request as httpRequest } from 'node:http';
import process from 'node:process';
import axios from 'axios';
import { got } from 'got';
import magicHour from 'magic-hour';
import { Agent, request } from 'undici';
import { bindAxios } from '@magic-hour-keys/http/axios';
import { createGotOptions } from '@magic-hour-keys/http/got';
import { createMagicHourClient } from '@magic-hour-keys/http/magic-hour';
import { createRequest } from '@magic-hour-keys/http/node';
import { bindDispatcher, createKeyInterceptor } from '@magic-hour-keys/http/undici';
import { comparePair, THROUGHPUT } from './loopback-fetch.mjs';

const BODY = JSON.stringify({ image_count: 1 });
const TYPE = { 'content-type': 'application/json' };

const allow = (origin) => ({ allowedOrigins: [origin], allowInsecureLoopback: true });

async function sendByUndici(url, headers, dispatcher) {
  const { body } = await request(url, {
    method: 'POST',
    headers: { ...TYPE, ...headers },
    body: BODY,
    dispatcher,
  });
  await body.arrayBuffer();
}

/** A pair of dispatchers, with the constant header on the second. */
function openUndici({ url, authorization }, [keyed, plain], oursHeaders) {
  return {
    ours: () => sendByUndici(url, oursHeaders, keyed),
    floor: () => sendByUndici(url, { authorization }, plain),
    close: () => Promise.all([plain.destroy(), keyed.destroy()]),
  };
}

const withoutChange = (dispatch) => (options, handler) => dispatch(options, handler);

/** What `compose` costs by itself: no interceptor can be faster. */
function openEmptyInterceptor(world) {
  const dispatchers = [new Agent().compose(withoutChange), new Agent()];
  return openUndici(world, dispatchers, { authorization: world.authorization });
}

function openInterceptor(world) {
  const keyed = new Agent().compose(createKeyInterceptor(world.provider, allow(world.origin)));
  return openUndici(world, [keyed, new Agent().compose(withoutChange)]);
}

function openDispatcher(world) {
  const keyed = new Agent();
  bindDispatcher(world.provider, keyed, allow(world.origin));
  return openUndici(world, [keyed, new Agent()]);
}

function openAxios({ url, origin, provider, authorization }) {
  const agents = [new HttpAgent({ keepAlive: true }), new HttpAgent({ keepAlive: true })];
  const [plain, keyed] = agents.map((httpAgent) => axios.create({ adapter: 'http', httpAgent }));
  bindAxios(provider, keyed, { ...allow(origin), getAdapter: axios.getAdapter });
  return {
    ours: () => keyed.post(url, BODY, { headers: TYPE }),
    floor: () => plain.post(url, BODY, { headers: { ...TYPE, authorization } }),
    close: () => agents.forEach((agent) => agent.destroy()),
  };
}

function openGot({ url, origin, provider, authorization }) {
  const agents = [new HttpAgent({ keepAlive: true }), new HttpAgent({ keepAlive: true })];
  const [plain, other] = agents.map((http) => got.extend({ agent: { http }, retry: { limit: 0 } }));
  const keyed = other.extend(createGotOptions(provider, allow(origin)));
  return {
    ours: () => keyed.post(url, { body: BODY, headers: TYPE }),
    floor: () => plain.post(url, { body: BODY, headers: { ...TYPE, authorization } }),
    close: () => agents.forEach((agent) => agent.destroy()),
  };
}

function openNode({ url, origin, provider, authorization }) {
  const agents = [new HttpAgent({ keepAlive: true }), new HttpAgent({ keepAlive: true })];
  const keyed = createRequest(provider, allow(origin));
  const read = (response) => new Promise((resolve) => response.resume().once('end', resolve));
  return {
    ours: async () => read(await keyed(url, { method: 'POST', headers: TYPE, body: BODY, agent: agents[0] })),
    floor: () =>
      new Promise((resolve, reject) => {
        const headers = { ...TYPE, authorization };
        httpRequest(url, { method: 'POST', headers, agent: agents[1] }, (response) => resolve(read(response)))
          .once('error', reject)
          .end(BODY);
      }),
    close: () => agents.forEach((agent) => agent.destroy()),
  };
}

const IMAGE = {
  imageCount: 1,
  orientation: 'square',
  style: { prompt: 'a lighthouse', tool: 'ai-anime-generator' },
};

/**
 * Left alone, the SDK opens a connection for each request, because node-fetch does so without an agent. Ours has one,
 * to add the key by; the other gets it too, so that it is the key that is compared.
 */
function openMagicHour({ origin, provider, authorization }) {
  process.env.MAGIC_HOUR_LOG_LEVEL = 'none';
  const keyed = createMagicHourClient(provider, magicHour, { baseUrl: origin, ...allow(origin) });
  const plain = new magicHour.default({ baseUrl: origin, token: authorization.slice('Bearer '.length) });
  const { _client: core } = plain;
  const { buildRequestInit } = core;
  core.buildRequestInit = (config) => ({ ...buildRequestInit.call(core, config), agent: globalAgent });
  return {
    ours: () => keyed.v1.aiImageGenerator.create(IMAGE),
    floor: () => plain.v1.aiImageGenerator.create(IMAGE),
  };
}

/** The first is no adapter of ours: it says what the second has to be measured against. */
const CLIENTS = {
  'undici, empty interceptor': openEmptyInterceptor,
  'ours: undici, interceptor (floor: an empty one)': openInterceptor,
  'ours: undici, dispatch': openDispatcher,
  'ours: axios': openAxios,
  'ours: got': openGot,
  'ours: node:http': openNode,
  'ours: magic-hour SDK (floor: over the same agent)': openMagicHour,
};

/** Throughput of each adapter against the same client with a constant header. */
export const clients = {
  name: 'clients',
  title: 'requests over a real socket, 16 at once; median of 40 paired runs against a constant header',
  rows: Object.entries(CLIENTS).map(([name, open]) => ({
    name,
    measure: () => comparePair(open),
    ...(name.startsWith('ours') && { wanted: THROUGHPUT.wanted, isReached: THROUGHPUT.isReached }),
  })),
  columns: THROUGHPUT.columns,
};
