import { createKeyProvider } from '@magic-hour-keys/core';
import { createIdealCache } from './ideal-cache.mjs';
import { loadPeer } from './peers.mjs';

// Who takes part. Each is made over the same loader, keeps what it loaded for `ttlMs`, and is otherwise left at its
// defaults, except for the options that its name mentions.

/**
 * @typedef {{ load: (signal?: AbortSignal) => Promise<string>, ttlMs: number }} Setting
 * @typedef {{ get: () => Promise<unknown>, keyOf: (got: any) => string, close?: () => unknown }} Cache
 * @typedef {{ name: string, peer?: string, create: (setting: Setting) => Promise<Cache> }} Contender
 */

const AN_HOUR_MS = 3_600_000;
const itself = (key) => key;

/** The least that the runtime allows. */
export const IDEAL = {
  name: 'limit: ideal cache',
  create: async ({ load, ttlMs }) => ({ ...createIdealCache(load, ttlMs), keyOf: itself }),
};

export function oursWith(policy = {}, name = 'ours') {
  return { name, create: async ({ load, ttlMs }) => createOurs(load, { freshMs: ttlMs, ...policy }) };
}

function createOurs(load, policy) {
  const source = {
    name: 'bench',
    location: 'a loader',
    read: async ({ signal }) => ({ value: await load(signal) }),
  };
  const provider = createKeyProvider(source, policy);
  return { get: () => provider.getKey(), keyOf: (key) => key.reveal(), close: () => provider.close() };
}

const LRU_CACHE = {
  name: 'lru-cache fetch (allowStale…)',
  peer: 'lru-cache',
  async create({ load, ttlMs }) {
    const { LRUCache } = await loadPeer('lru-cache');
    const cache = new LRUCache({
      max: 10,
      ttl: ttlMs,
      fetchMethod: () => load(),
      allowStale: true,
      allowStaleOnFetchRejection: true,
      noDeleteOnFetchRejection: true,
    });
    return { get: () => cache.fetch('key'), keyOf: itself };
  },
};

const SMITHY_MEMOIZE = {
  name: '@smithy/property-provider memoize',
  peer: '@smithy/property-provider',
  async create({ load, ttlMs }) {
    const { memoize } = await loadPeer('@smithy/property-provider');
    const get = memoize(
      async () => ({ key: await load(), expiration: new Date(Date.now() + ttlMs) }),
      ({ expiration }) => expiration.getTime() <= Date.now(),
      ({ expiration }) => expiration !== undefined,
    );
    return { get, keyOf: ({ key }) => key };
  },
};

const ASYNC_CACHE_DEDUPE = {
  name: 'async-cache-dedupe (ttl + stale)',
  peer: 'async-cache-dedupe',
  async create({ load, ttlMs }) {
    const { createCache } = await loadPeer('async-cache-dedupe');
    const seconds = ttlMs / 1000;
    const cache = createCache({ ttl: seconds, stale: AN_HOUR_MS / 1000, storage: { type: 'memory' } });
    cache.define('key', () => load());
    return { get: () => cache.key(), keyOf: itself };
  },
};

const BENTOCACHE = {
  name: 'bentocache (grace, timeout 0)',
  peer: 'bentocache',
  async create({ load, ttlMs }) {
    const { BentoCache, bentostore } = await loadPeer('bentocache');
    const { memoryDriver } = await loadPeer('bentocache/drivers/memory');
    const cache = new BentoCache({
      default: 'memory',
      stores: { memory: bentostore().useL1Layer(memoryDriver({})) },
    });
    const request = { key: 'key', factory: () => load(), ttl: ttlMs, grace: AN_HOUR_MS, timeout: 0 };
    return { get: () => cache.getOrSet(request), keyOf: itself, close: () => cache.disconnectAll() };
  },
};

/** Its own refresh, with the request to the token endpoint replaced by the loader. */
const GOOGLE_AUTH = {
  name: 'google-auth-library getRequestHeaders',
  peer: 'google-auth-library',
  async create({ load, ttlMs }) {
    const { OAuth2Client } = await loadPeer('google-auth-library');
    const client = new (class extends OAuth2Client {
      async refreshTokenNoCache() {
        return { tokens: { access_token: await load(), expiry_date: Date.now() + ttlMs }, res: null };
      }
    })();
    // By default it renews five minutes early, which would be always here.
    client.eagerRefreshThresholdMillis = 0;
    client.setCredentials({ refresh_token: 'any' });
    return {
      get: () => client.getRequestHeaders(),
      keyOf: (headers) => headers.get('authorization').slice('Bearer '.length),
    };
  },
};

/** No cache: a constant behind an async function, so it is there for the price of a call alone. */
export const OCTOKIT_AUTH_TOKEN = {
  name: '@octokit/auth-token',
  peer: '@octokit/auth-token',
  async create({ load }) {
    const { createTokenAuth } = await loadPeer('@octokit/auth-token');
    return { get: createTokenAuth(await load()), keyOf: ({ token }) => token };
  },
};

/** @type {readonly Contender[]} */
export const PEERS = [LRU_CACHE, SMITHY_MEMOIZE, ASYNC_CACHE_DEDUPE, BENTOCACHE, GOOGLE_AUTH];
