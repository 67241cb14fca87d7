// Everything that a program may come to hold with a key in it, and that it may print.
import { createKeyProvider, createApiKey } from '@magic-hour-keys/core';
import { envKeyProvider } from '@magic-hour-keys/env';
import { createFetch, withKey } from '@magic-hour-keys/http';
import { createKeyAgents, createRequest } from '@magic-hour-keys/http/node';
import { createKeyInterceptor } from '@magic-hour-keys/http/undici';

const NOWHERE = 'http://127.0.0.1:1';
const ALLOWED = { allowedOrigins: [NOWHERE], allowInsecureLoopback: true };

/** Shows what it holds: proof that somebody looks. */
export function openSecret(key) {
  return { held: [key] };
}

export async function createHolders(value) {
  const key = createApiKey(value, { source: 'memory', version: '1', createdAt: new Date() });
  const provider = createKeyProvider({
    name: 'memory',
    location: 'here',
    read: async () => ({ value, version: '1' }),
  });
  await provider.getKey();
  const failing = createKeyProvider({
    name: 'memory',
    location: 'here',
    read: async () => {
      throw Object.assign(new Error(`the store said: ${value}`), { body: value, key: value });
    },
  });
  const keyError = await failing.getKey().catch((error) => error);
  const fetch = createFetch(provider, ALLOWED);
  const request = createRequest(provider, ALLOWED);
  const agents = createKeyAgents(provider, ALLOWED);
  const failures = {
    keyError,
    invalidKey: await fails(envKeyProvider({ env: { MAGIC_HOUR_API_KEY: `${value}\u00e9` } }).getKey()),
    fetchError: await fails(fetch(`${NOWHERE}/v1`, { method: 'POST', body: '{}' })),
    requestError: await fails(request(`${NOWHERE}/v1`, { method: 'POST', body: '{}' })),
    foreignOrigin: await fails(
      createFetch(provider, { foreignOrigin: 'error' })(`${NOWHERE}/v1`, { method: 'POST', body: '{}' }),
    ),
    withKeyError: await fails(withKey(provider, async () => Promise.reject(new Error('not sent')))),
  };
  class Client {
    #key = key;
    key = key;
    own() {
      return this.#key;
    }
  }
  const holders = {
    ...failures,
    key,
    provider,
    failing,
    fetch,
    request,
    agents,
    interceptor: createKeyInterceptor(provider, ALLOWED),
    health: provider.health(),
    member: { key },
    list: [[key]],
    map: new Map([[key, key]]),
    set: new Set([key]),
    client: new Client(),
    inherited: Object.create(key),
    proxy: new Proxy(key, {}),
    cause: new Error('outer', { cause: key }),
    aggregate: new AggregateError([keyError], 'many'),
    errorWithHolders: Object.assign(new Error('a request failed'), { key, provider, client: new Client() }),
    promise: Promise.resolve(key),
    weakly: new WeakSet([key]),
    bound: provider.getKey.bind(provider),
  };
  const close = () => Promise.all([provider.close(), failing.close()]);
  return { holders, close };
}

async function fails(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('this should have failed');
}
