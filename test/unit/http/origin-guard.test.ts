import { parse as parseLegacy, urlToHttpOptions } from 'node:url';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { isKeyError } from '@magic-hour-keys/core';
import { createOriginGuard, type OriginGuard } from '../../../packages/http/src/origin-guard.ts';
import { hostileUrls } from './generated-urls.ts';
import { GOOD, HOSTILE } from './known-urls.ts';

const KNOWN = [...GOOD, ...HOSTILE];
const SEED = 20_260_101;
const RUNS = 50_000;

/** What may be contacted with the key: what the socket is opened to, and whether TLS is spoken on it. */
interface AllowList {
  readonly name: string;
  readonly allowedOrigins: readonly string[];
  readonly sockets: ReadonlySet<string>;
}

const LISTS: readonly AllowList[] = [
  {
    name: 'the API alone',
    allowedOrigins: ['https://api.magichour.ai'],
    sockets: new Set(['TLS to api.magichour.ai port 443']),
  },
  {
    name: 'other ports, and this machine',
    allowedOrigins: [
      'https://api.magichour.ai',
      'https://proxy.test:8443',
      'http://127.0.0.1:8080',
      'http://[::1]:80',
    ],
    sockets: new Set([
      'TLS to api.magichour.ai port 443',
      'TLS to proxy.test port 8443',
      'plain text to 127.0.0.1 port 8080',
      'plain text to ::1 port 80',
    ]),
  },
];

/** What Node really contacts for a URL, by the options that it makes of it; undefined for nothing, or with a user name. */
function socketOf(text: string): string | undefined {
  const url = parseUrl(text);
  if (!url || url.username || url.password) return undefined;
  const { protocol, hostname, port } = urlToHttpOptions(url);
  if (protocol !== 'https:' && protocol !== 'http:') return undefined;
  const [speech, standard] = protocol === 'https:' ? ['TLS', 443] : ['plain text', 80];
  // Port 0 is the standard one to some clients only, so it is none that anybody means.
  return `${speech} to ${hostname} port ${port ?? standard}`;
}

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/** The URL that would be sent with the key. */
function judge(guard: OriginGuard, url: string | URL): string | undefined {
  try {
    return guard.judge(url);
  } catch (error) {
    if (isKeyError(error) && error.code === 'origin_not_allowed') return undefined;
    throw error;
  }
}

/** What is wrong with a verdict, or undefined. */
function findFault(
  guard: OriginGuard,
  text: string,
  { allowedOrigins, sockets }: AllowList,
): string | undefined {
  const expected = sockets.has(socketOf(text) ?? '');
  const sent = judge(guard, text);
  const url = parseUrl(text);
  if (guard.allows(text) !== expected) return 'the verdict about a redirect';
  if (url && (judge(guard, url) !== undefined) !== expected) return 'the verdict about the parsed URL';
  if (sent === undefined) return expected ? 'a false refusal' : undefined;
  if (!expected) return 'a bypass';
  if (new URL(sent).href !== url?.href) return 'another resource';
  // What is sent on has to be the same to whatever reads it: RFC 3986, and Node's old parser.
  const [origin = ''] = /^[a-z]+:\/\/[^/?#]*/.exec(sent) ?? [];
  if (!allowedOrigins.map((entry) => entry.replace(/:80$/, '')).includes(origin))
    return 'a text that is not plain';
  // Clients turn around or drop backslashes, blanks and foreign letters, each in its own way.
  if (!/^[!-[\]-~]*$/.test(sent.split(/[?#]/)[0]!)) return 'a character that is not plain';
  const { protocol, hostname, port, auth } = parseLegacy(sent);
  const speech = protocol === 'https:' ? ['TLS', 443] : ['plain text', 80];
  if (auth || !sockets.has(`${speech[0]} to ${hostname} port ${port ?? speech[1]}`)) return 'two opinions';
  return undefined;
}

const totals = { urls: 0, allowed: 0, bypasses: 0, otherFaults: 0 };
afterAll(() => {
  const { urls, allowed, bypasses, otherFaults } = totals;
  console.log(
    `origin guard: ${urls} generated URLs, ${allowed} allowed, ${bypasses} bypasses, ${otherFaults} false refusals or other faults`,
  );
});

describe.each(LISTS)('an allow-list of $name', (list) => {
  const guard = createOriginGuard({ ...list, allowInsecureLoopback: true }, () => {});

  it(`gives the key to what is on it and to nothing else: ${RUNS} URLs made to mislead`, () => {
    let allowed = 0;
    const property = fc.property(hostileUrls(KNOWN), (text) => {
      const isAllowed = list.sockets.has(socketOf(text) ?? '');
      const fault = findFault(guard, text, list);
      totals.urls += 1;
      if (isAllowed) allowed += 1;
      if (fault === undefined) return;
      totals[isAllowed ? 'otherFaults' : 'bypasses'] += 1;
      throw new Error(fault);
    });
    fc.assert(property, { numRuns: RUNS, seed: SEED });
    totals.allowed += allowed;
    // Both sides of the rule were really tried.
    expect(allowed).toBeGreaterThan(RUNS / 20);
    expect(allowed).toBeLessThan(RUNS / 2);
  }, 60_000);
});

describe('the URLs', () => {
  const api = LISTS[0]!;
  const asPeopleWriteIt: readonly (readonly [string, (text: string) => boolean])[] = [
    ['text.startsWith(origin)', (text) => text.startsWith('https://api.magichour.ai')],
    ['text.includes(host)', (text) => text.includes('https:') && text.includes('api.magichour.ai')],
    ['a regular expression', (text) => /^https:\/\/([^/]*[.@])?magichour\.ai/i.test(text)],
    ['hostname.endsWith(host)', (text) => parseUrl(text)?.hostname.endsWith('api.magichour.ai') ?? false],
    ['hostname alone', (text) => parseUrl(text)?.hostname === 'api.magichour.ai'],
    ['origin alone', (text) => parseUrl(text)?.origin === 'https://api.magichour.ai'],
  ];

  it.each(asPeopleWriteIt)('fool a judge as people write it, so they are hostile enough: %s', (_, allows) => {
    const urls = fc.sample(hostileUrls(KNOWN), { numRuns: 5000, seed: SEED });
    const bypasses = urls.filter((text) => allows(text) && !api.sockets.has(socketOf(text) ?? ''));
    expect(bypasses.length).toBeGreaterThan(0);
  });
});
