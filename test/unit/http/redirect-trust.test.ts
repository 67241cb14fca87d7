import { describe, expect, it, vi } from 'vitest';
import { createFetch } from '@magic-hour-keys/http';
import { createHandWrittenProvider } from './hand-written-provider.ts';
import { createRecordingFetch } from './recording-fetch.ts';

const URL_OF_API = 'https://api.magichour.ai/v1/x';

/** The `redirect` that the global fetch of a runtime gets with the key. */
async function redirectOverGlobalFetch(userAgent: string | undefined): Promise<unknown> {
  const network = createRecordingFetch();
  vi.stubGlobal('fetch', network.fetch);
  vi.stubGlobal('navigator', userAgent === undefined ? undefined : { userAgent });
  await createFetch(createHandWrittenProvider())(URL_OF_API);
  return (network.last.init as RequestInit).redirect;
}

describe('redirects over the global fetch', () => {
  it.each([undefined, 'Node.js/24'])(
    'are left to Node, which drops the key by itself: %s',
    async (userAgent) => {
      await expect(redirectOverGlobalFetch(userAgent)).resolves.toBeUndefined();
    },
  );

  it.each(['Cloudflare-Workers', 'Bun/1.3', 'Deno/2.5'])(
    'are off where nobody tried that: %s',
    async (userAgent) => {
      await expect(redirectOverGlobalFetch(userAgent)).resolves.toBe('manual');
    },
  );

  it('are off where there is no Node at all', async () => {
    // Only while the fetch is made, which is when it looks: the test runner needs its process.
    vi.stubGlobal('process', undefined);
    const fetchWithKey = createFetch(createHandWrittenProvider());
    vi.unstubAllGlobals();
    const network = createRecordingFetch();
    vi.stubGlobal('fetch', network.fetch);
    await fetchWithKey(URL_OF_API);
    expect((network.last.init as RequestInit).redirect).toBe('manual');
  });

  it('are left to it too when I pass it myself, but not to a function around it', async () => {
    const network = createRecordingFetch();
    vi.stubGlobal('fetch', network.fetch);
    await createFetch(createHandWrittenProvider(), { fetch: globalThis.fetch })(URL_OF_API);
    await createFetch(createHandWrittenProvider(), { fetch: (input, init) => globalThis.fetch(input, init) })(
      URL_OF_API,
    );
    expect(network.calls.map(({ init }) => (init as RequestInit).redirect)).toEqual([undefined, 'manual']);
  });
});
