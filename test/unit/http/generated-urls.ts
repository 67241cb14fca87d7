import fc from 'fast-check';

/** Given by itself more often than any other. */
function mostly(usual: string, ...others: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof(
    { arbitrary: fc.constant(usual), weight: 2 * others.length },
    { arbitrary: fc.constantFrom(...others), weight: others.length },
  );
}

const SCHEMES = [
  ...['HTTPS:', 'hTtPs:', 'http:', 'HTTP:', ' https:', '\thttps:', 'ht\ntps:', '\u0000https:', 'https'],
  ...[
    'blob:https:',
    'wss:',
    'ws:',
    'ftp:',
    'file:',
    'data:',
    'javascript:',
    'xhttps:',
    'view-source:https:',
    '',
  ],
];
const SLASHES = ['\\\\', '/\\', '\\/', '/', '///', '////', '', '/\t/', '\n//', '//\r'];
const USERS = [
  ...['me@', 'me:word@', ':@', '@', '@@', ':word@', 'api.magichour.ai@', 'api.magichour.ai:443@', '%40'],
  ...['evil.test\\@', 'evil.test%2f@', 'evil.test/@', 'evil.test#@', 'evil.test?@', 'a@b@', '\t@', '[@'],
];
const PORTS = [
  ...[':443', ':0443', ':00000443', ':', ':80', ':8443', ':08443', ':8080', ':4430', ':99999', ':65979'],
  ...[':443@evil.test', ':443x', ': 443', ':+443', ':4\t43', ':\uff14\uff14\uff13', ':443:80', ':%34%34%33'],
];
const ENDS = [
  ...[
    '',
    '/',
    '/v1/image-projects/1',
    '//evil.test',
    '///evil.test',
    '/@evil.test',
    '@evil.test',
    '\\evil.test',
  ],
  ...[
    '\\@evil.test',
    '?x',
    '?@evil.test',
    '#@evil.test',
    '.evil.test',
    '%2f@evil.test',
    '\t@evil.test',
    '/\\evil.test',
  ],
  ...['/..//evil.test', '/é', ' ', '\n', '/%00', '/?next=https://api.magichour.ai/', '\u0000'],
];
/** Of the hosts that are spelt out, some are allowed by the tests, and all others are not. */
const HOSTS = [
  ...['evil.test', 'magichour.ai', 'files.magichour.ai', 'api-magichour.ai', 'api.magichour.a', 'proxy.test'],
  ...['PROXY.test', 'localhost', 'LOCALHOST', 'localhost.', 'localhost.evil.test', 'xn--pi-6kc.magichour.ai'],
  ...['xn--api-9ha.magichour.ai', 'api.xn--magichour-9ib.ai', 'api.magichour.xn--a-0ga', '*.magichour.ai'],
  ...[
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '127.0.0.1.',
    '127.0.0.2',
    '0',
    '017700000001',
  ],
  ...[
    '[::1]',
    '[0:0:0:0:0:0:0:1]',
    '[::0001]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::2]',
    '[::1%25lo]',
    '::1',
  ],
];
/** Dots that some parsers take for one, and letters that some take for others, or for nothing at all. */
const DOTS = ['%2e', '%2E', '\u3002', '\uff0e', '\uff61', '..', '%252e', '\u2024', '·'];
const LETTERS: Readonly<Record<string, readonly string[]>> = {
  a: ['A', '%61', '%41', '\uff41', 'а', 'ª', 'á'],
  i: ['I', '%69', '\uff49', 'ı', 'İ', 'і', 'ⅰ'],
  c: ['C', '%63', '\uff43', 'с', 'ⅽ'],
  o: ['O', '%6f', 'ο', '0', 'º'],
  m: ['M', 'ⅿ', 'rn'],
};
const NOISE = [
  ...[
    '@',
    '\\',
    '/',
    '.',
    '\t',
    '\n',
    '\r',
    ':',
    '#',
    '?',
    '%',
    '%2f',
    '%00',
    '%0a',
    '%09',
    '\u00ad',
    '\u200b',
    '\u200d',
  ],
  ...['\u2060', '\ufeff', ' ', '[', ']', 'x', '-', '_', '|', '^', '\u0000', '\u0338', 'ß', '💥'],
];

/** The host of the API with at most a few changes, or another one. */
function hosts(): fc.Arbitrary<string> {
  const change = fc.tuple(fc.nat(20), fc.nat(20));
  const changed = fc
    .tuple(
      fc.array(change, { maxLength: 2 }),
      mostly('', 'x', 'x.', 'evil.test.', '-', '.', '%2e', 'api.', '\u00ad'),
      mostly(
        '',
        '.',
        '..',
        '%2e',
        '.evil.test',
        'evil.test',
        '-evil.test',
        '%00.evil.test',
        '%0a',
        '_',
        '\u3002',
      ),
    )
    .map(([changes, before, after]) => before + changes.reduce(changeLetter, 'api.magichour.ai') + after);
  return fc.oneof(
    { arbitrary: fc.constant('api.magichour.ai'), weight: 2 },
    { arbitrary: changed, weight: 4 },
    { arbitrary: fc.constantFrom(...HOSTS), weight: 2 },
  );
}

function changeLetter(host: string, [at, which]: readonly [at: number, which: number]): string {
  const letter = host[at % host.length] ?? '';
  const others = letter === '.' ? DOTS : (LETTERS[letter] ?? [letter.toUpperCase()]);
  return host.slice(0, at % host.length) + others[which % others.length] + host.slice((at % host.length) + 1);
}

/** Strewn in somewhere. */
function noisy(urls: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const noise = fc.oneof(fc.constantFrom(...NOISE), fc.string({ maxLength: 2, unit: 'binary' }));
  return fc
    .tuple(urls, fc.nat(45), noise)
    .map(([url, at, extra]) => url.slice(0, at) + extra + url.slice(at));
}

/**
 * Texts that may or may not be a URL of the API: schemes, slashes, user names, hosts, ports and paths from what was
 * seen to fool parsers, put together, half of them with something strewn in. About one in seven is the API's.
 *
 * @param known URLs to strew something into as well.
 */
export function hostileUrls(known: readonly string[]): fc.Arbitrary<string> {
  const pieces = fc
    .tuple(
      mostly('https:', ...SCHEMES),
      mostly('//', ...SLASHES),
      mostly('', ...USERS),
      hosts(),
      mostly('', ...PORTS),
      fc.constantFrom(...ENDS),
    )
    .map((parts) => parts.join(''));
  return fc.oneof(
    { arbitrary: pieces, weight: 3 },
    { arbitrary: noisy(pieces), weight: 2 },
    { arbitrary: noisy(fc.constantFrom(...known)), weight: 1 },
  );
}
