import { createKeyProvider } from '@magic-hour-keys/core';
import { createFetch } from '@magic-hour-keys/http';
import { makeTestKey, staticKey } from '@magic-hour-keys/testing';
import { comparePaired } from './paired.mjs';
import { digits } from './table.mjs';

const URL_OF_API = 'https://api.magichour.ai/v1/ai-image-generator';
const BODY = JSON.stringify({ image_count: 1 });

/** What `createFetch` adds to one call when the network costs nothing. */
export const stubbedFetch = {
  name: 'fetch',
  title: 'one call without a network; median of 60 paired runs against a constant header',
  rows: [
    {
      name: 'ours: createFetch',
      measure: compareCalls,
      wanted: '≤ 1,000 ns more',
      isReached: ({ addedNs }) => addedNs <= 1000,
    },
  ],
  columns: ({ addedNs, ratio, ours, floor }) => ({
    'added ns': digits(addedNs),
    'ns/op': digits(ours.ns),
    'floor ns/op': digits(floor.ns),
    ratio: ratio.toFixed(2),
    'bytes/op': ours.bytes,
    'floor bytes/op': floor.bytes,
  }),
};

async function compareCalls() {
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
    return { addedNs: result.ours.ns - result.floor.ns, ...result };
  } finally {
    globalThis.fetch = original;
    await provider.close();
  }
}
