import { parse as parseLegacy } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isKeyError } from '@magic-hour-keys/core';
import { authHeaders, createFetch } from '@magic-hour-keys/http';
import { createHandWrittenProvider } from './hand-written-provider.ts';
import { hostileUrls } from './generated-urls.ts';
import { GOOD, HOSTILE } from './known-urls.ts';
import { createRecordingFetch } from './recording-fetch.ts';

const provider = createHandWrittenProvider();

/** The WHATWG parser's opinion. Not `URL.canParse`: once optimized, Node 20's is wrong about Latin-1 letters. */
function belongsToApi(text: string): boolean {
  const url = parseUrl(text);
  if (!url) return false;
  const { protocol, hostname, port, username, password } = url;
  return (
    protocol === 'https:' &&
    hostname === 'api.magichour.ai' &&
    port === '' &&
    username === '' &&
    password === ''
  );
}

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/** What was sent: with the key or without it, and to where; or undefined when it was refused. */
async function tryFetch(input: string | URL): Promise<{ withKey: boolean; to: string } | undefined> {
  const network = createRecordingFetch();
  try {
    await createFetch(provider, { fetch: network.fetch })(input);
  } catch (error) {
    if (isKeyError(error) && error.code === 'origin_not_allowed') return undefined;
    throw error;
  }
  return { withKey: network.last.authorization !== null, to: String(network.last.input) };
}

describe('a URL made to mislead', () => {
  it.each(GOOD)('gets the key, because it is the API: %j', async (url) => {
    const sent = await tryFetch(url);
    expect(sent?.withKey).toBe(true);
    expect(belongsToApi(sent?.to ?? '')).toBe(true);
    await expect(authHeaders(provider, url)).resolves.toHaveProperty('Authorization');
  });

  it.each(HOSTILE)('gets no key: %j', async (url) => {
    expect((await tryFetch(url))?.withKey ?? false).toBe(false);
    await expect(authHeaders(provider, url)).rejects.toMatchObject({ code: 'origin_not_allowed' });
  });

  it('is sent on as it was judged, so that a parser with another opinion has nothing to disagree about', async () => {
    for (const url of GOOD) {
      const { to = '' } = (await tryFetch(url)) ?? {};
      expect(parseLegacy(to), url).toMatchObject({
        protocol: 'https:',
        host: 'api.magichour.ai',
        auth: null,
      });
      // No backslash, blank or foreign letter is left in host or path: clients turn or drop them in their own ways.
      expect(to.split(/[?#]/)[0], url).toMatch(/^[!-[\]-~]*$/);
    }
  });

  it('never gets the key unless the WHATWG parser says that it is the API, and always then (10,000 URLs)', async () => {
    const tally = { withKey: 0, without: 0 };
    await fc.assert(
      fc.asyncProperty(hostileUrls([...GOOD, ...HOSTILE]), async (url) => {
        const sent = await tryFetch(url);
        const expected = belongsToApi(url);
        tally[expected ? 'withKey' : 'without'] += 1;
        if ((sent?.withKey ?? false) !== expected) return false;
        if (!sent || !expected) return true;
        const { protocol, host, auth } = parseLegacy(sent.to);
        const agreed = protocol === 'https:' && host === 'api.magichour.ai' && auth === null;
        return agreed && new URL(sent.to).href === new URL(url).href;
      }),
      { numRuns: 10_000 },
    );
    // Both sides of the rule were really tried.
    expect(Math.min(tally.withKey, tally.without)).toBeGreaterThan(500);
  }, 60_000);
});
