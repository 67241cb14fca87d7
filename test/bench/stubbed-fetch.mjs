import { createKeyProvider, staticKey } from '@magic-hour-keys/core';
import { createFetch } from '@magic-hour-keys/http';
import { makeTestKey } from '@magic-hour-keys/testing';
import { comparePaired } from './paired.mjs';

const URL_OF_API = 'https://api.magichour.ai/v1/ai-image-generator';
const BODY = JSON.stringify({ image_count: 1 });

/** What `createFetch` adds to one call when the network costs nothing. */
export async function benchStubbedFetch() {
  const original = globalThis.fetch;
  const answered = Promise.resolve(new Response('{}', { status: 200 }));
  globalThis.fetch = () => answered;
  const provider = createKeyProvider(staticKey(makeTestKey()));
  try {
    const authorization = `Bearer ${(await provider.getKey()).reveal()}`;
    const fetchWithKey = createFetch(provider);
    const result = await comparePaired(
      {
        isAsync: true,
        run: () =>
          fetchWithKey(URL_OF_API, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: BODY,
          }),
      },
      {
        isAsync: true,
        run: () =>
          globalThis.fetch(URL_OF_API, {
            method: 'POST',
            headers: { 'content-type': 'application/json', authorization },
            body: BODY,
          }),
      },
    );
    const addedNs = result.ours.ns - result.floor.ns;
    return [
      { name: 'createFetch, no network', against: 'constant header', limitNs: 1000, addedNs, ...result },
    ];
  } finally {
    globalThis.fetch = original;
    await provider.close();
  }
}
