import { parse as parseLegacy } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isKeyError } from '@magic-hour-keys/core';
import { authHeaders, createFetch } from '@magic-hour-keys/http';
import { createHandWrittenProvider } from './hand-written-provider.ts';
import { createRecordingFetch } from './recording-fetch.ts';

const provider = createHandWrittenProvider();

/** URLs that are the API's to every parser, however odd they look. */
const GOOD = [
  'https://api.magichour.ai',
  'https://api.magichour.ai/',
  'https://api.magichour.ai/v1/image-projects/1',
  'https://api.magichour.ai/v1/x?next=https://evil.test/',
  'https://api.magichour.ai/v1/x#@evil.test',
  'https://api.magichour.ai//evil.test/v1',
  'https://api.magichour.ai/@evil.test',
  'https://api.magichour.ai/\\evil.test',
  'https://api.magichour.ai/\t//evil.test',
  'https://api.magichour.ai/é',
  'https://api.magichour.ai?x',
  'https://api.magichour.ai#x',
  'HTTPS://API.MAGICHOUR.AI/v1',
  'https://api.magichour.ai:443/v1',
  'https://api.magichour.ai:0443/v1',
  'https://api.magichour.ai:/v1',
  'https:\\\\api.magichour.ai\\v1',
  'https:/api.magichour.ai/v1',
  'https:api.magichour.ai/v1',
  'https:////api.magichour.ai/v1',
  ' https://api.magichour.ai/v1 ',
  '\u0000https://api.magichour.ai/v1',
  'ht\ntps://api.mag\tichour.ai/v1',
  'https://api%2emagichour.ai/v1',
  'https://\uff41\uff50\uff49.magichour.ai/v1',
  'https://api.magic\u00adhour.ai/v1',
  'https://api\u3002magichour.ai/v1',
];

/** URLs that are somebody else's, or no place for a key. */
const HOSTILE = [
  'https://api.magichour.ai.evil.test/v1',
  'https://api.magichour.ai.',
  'https://api.magichour.ai./v1',
  'https://api.magichour.aievil.test/v1',
  'https://api.magichour.ai-evil.test/v1',
  'https://evil.test/https://api.magichour.ai/',
  'https://evil.test/?https://api.magichour.ai/',
  'https://evil.test#https://api.magichour.ai/',
  'https://evil.test\\@api.magichour.ai/v1',
  'https://evil.test\\.api.magichour.ai/v1',
  'https://api.magichour.ai@evil.test/v1',
  'https://api.magichour.ai:443@evil.test/v1',
  'https://api.magichour.ai%2f@evil.test/v1',
  'https://api.magichour.ai\t@evil.test/v1',
  'https://api.magichour.ai%00.evil.test/v1',
  'https://api.magichour.ai%0a.evil.test/v1',
  'https://me@api.magichour.ai/v1',
  'https://me:word@api.magichour.ai/v1',
  'https://evil.test:word@api.magichour.ai/v1',
  'https://api.magichour.ai:8443/v1',
  'https://api.magichour.ai:80/v1',
  'https://api.magichour.ai:4430/v1',
  'http://api.magichour.ai/v1',
  'http://api.magichour.ai:443/v1',
  'http:\\\\api.magichour.ai\\v1',
  'https://magichour.ai/v1',
  'https://xapi.magichour.ai/v1',
  'https://x.api.magichour.ai/v1',
  'https://videos.magichour.ai/v1',
  'https://api-magichour.ai/v1',
  'https://api.magichour.a/v1',
  'https://api.magichour.aı/v1',
  'https://аpi.magichour.ai/v1',
  'https://xn--pi-6kc.magichour.ai/v1',
  'https://127.0.0.1/v1',
  'https://[::1]/v1',
  'https://[::ffff:127.0.0.1]/v1',
  'https://2130706433/v1',
  'wss://api.magichour.ai/v1',
  'ws://api.magichour.ai/v1',
  'ftp://api.magichour.ai/v1',
  'file://api.magichour.ai/v1',
  'blob:https://api.magichour.ai/v1',
  'data:text/plain,https://api.magichour.ai/',
  'javascript:https://api.magichour.ai/',
  'about:blank',
  '//api.magichour.ai/v1',
  '///api.magichour.ai/v1',
  '\\\\api.magichour.ai/v1',
  '/v1',
  'v1',
  '?https://api.magichour.ai/',
  '',
  'https://',
  'https:///',
  'https://api.magichour.ai:99999/v1',
  'https://api.magichour.ai:x/v1',
  'https://api magichour.ai/v1',
  'https://*.magichour.ai/v1',
  'filesystem:https://api.magichour.ai/temporary/x',
  'view-source:https://api.magichour.ai/v1',
  'httpss://api.magichour.ai/v1',
  'xhttps://api.magichour.ai/v1',
];

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
      fc.asyncProperty(hostileUrl(), async (url) => {
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

/** URLs put together from the pieces that fool parsers, and good ones with something strewn in. */
function hostileUrl(): fc.Arbitrary<string> {
  const noise = fc.constantFrom(
    '',
    '',
    '',
    '@',
    '\\',
    '/',
    '.',
    '\t',
    '\n',
    ':',
    '#',
    '?',
    '%2f',
    '%00',
    '\u00ad',
    ' ',
    '[',
    'x',
  );
  const scheme = fc.constantFrom(
    'https:',
    'https:',
    'https:',
    'HTTPS:',
    'http:',
    'blob:https:',
    'wss:',
    '',
    ' https:',
  );
  const slashes = fc.constantFrom('//', '//', '//', '\\\\', '/', '///', '');
  const userinfo = fc.constantFrom('', '', '', '', 'me@', ':@', 'api.magichour.ai@', 'evil.test\\@', '@');
  const host = fc.constantFrom(
    'api.magichour.ai',
    'api.magichour.ai',
    'API.magichour.ai',
    'api%2emagichour.ai',
    'api.magichour.ai.',
    'api.magichour.ai.evil.test',
    'evil.test',
    'magichour.ai',
  );
  const port = fc.constantFrom('', '', '', ':443', ':', ':0443', ':80', ':8443', ':443@evil.test');
  const path = fc.constantFrom(
    '',
    '/',
    '/v1',
    '//evil.test',
    '/@evil.test',
    '\\evil.test',
    '?u=https://api.magichour.ai/',
    '#@x',
  );
  const pieces = fc
    .tuple(scheme, slashes, userinfo, host, noise, port, path, noise)
    .map((parts) => parts.join(''));
  const strewn = fc
    .tuple(
      fc.constantFrom(...GOOD, ...HOSTILE),
      fc.nat(40),
      fc.oneof(noise, fc.string({ maxLength: 2, unit: 'binary' })),
    )
    .map(([url, at, extra]) => url.slice(0, at) + extra + url.slice(at));
  return fc.oneof(pieces, strewn);
}
