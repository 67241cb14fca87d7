import { KeyError } from '@magic-hour-keys/core';

/** The only origin that gets the key unless the caller says otherwise. Not `*.magichour.ai`: files live beside it. */
export const MAGIC_HOUR_ORIGIN = 'https://api.magichour.ai';

export interface AllowedOriginsOptions {
  /**
   * The origins that get the key, instead of `https://api.magichour.ai`. Each is scheme, host and port alone:
   * no path, no query, no user name, no `*`.
   */
  readonly allowedOrigins?: readonly string[] | undefined;
  /** Lets `allowedOrigins` name `http://` origins on localhost, 127.0.0.1 and [::1]: for tests. Default false. */
  readonly allowInsecureLoopback?: boolean | undefined;
}

/**
 * - `allowed`: the key may go there
 * - `foreign`: it may not, and that is nothing unusual
 * - `insecure`: a host that gets the key over https, asked over http
 * - `userinfo`: an allowed origin, with a user name or a password in the URL
 */
export type OriginVerdict = 'allowed' | 'foreign' | 'insecure' | 'userinfo';

export interface AllowedOrigins {
  /** True only for a string that every URL parser reads alike and that is on the list. False means: ask `judge`. */
  startsAllowed(url: string): boolean;
  /** What the key does there, by the URL as the WHATWG parser reads it. */
  judge(url: URL): OriginVerdict;
}

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Visible ASCII without the backslash. Anything else is something that some parsers drop, and others turn around. */
const PLAIN_URL = /^[!-[\]-~]*$/;

/** @throws KeyError `invalid_config` for an entry that is not an origin, and for plain http away from loopback. */
export function createAllowedOrigins(options: AllowedOriginsOptions = {}): AllowedOrigins {
  const origins = readOrigins(options);
  // With the slash: without it, "https://api.magichour.ai.evil.test" would pass.
  const prefixes = [...origins].map((origin) => `${origin}/`);
  const secureHosts = new Set(
    [MAGIC_HOUR_ORIGIN, ...origins].filter((origin) => origin.startsWith('https:')).map(hostOf),
  );

  return {
    startsAllowed: (url) => prefixes.some((prefix) => url.startsWith(prefix)) && PLAIN_URL.test(url),
    judge(url) {
      // The origin of a blob: URL is that of the page which made it, so the protocol is looked at first.
      const isHttp = url.protocol === 'https:' || url.protocol === 'http:';
      if (isHttp && origins.has(url.origin)) return url.username || url.password ? 'userinfo' : 'allowed';
      return url.protocol === 'http:' && secureHosts.has(url.hostname) ? 'insecure' : 'foreign';
    },
  };
}

/** A URL, or undefined where there is none to be read, such as a relative path. */
export function parseUrl(url: string | URL): URL | undefined {
  try {
    return new URL(url);
  } catch {
    return undefined;
  }
}

function readOrigins(options: AllowedOriginsOptions): ReadonlySet<string> {
  const entries: unknown = options.allowedOrigins ?? [MAGIC_HOUR_ORIGIN];
  if (!Array.isArray(entries) || entries.length === 0) {
    throw invalidOrigins(
      'allowedOrigins is not a list of origins',
      `Leave it out, or list "${MAGIC_HOUR_ORIGIN}".`,
    );
  }
  const insecureLoopback = options.allowInsecureLoopback === true;
  return new Set(entries.map((entry: unknown, index) => readOrigin(entry, index, insecureLoopback)));
}

function readOrigin(entry: unknown, index: number, insecureLoopback: boolean): string {
  // The entry itself is not quoted: somebody may have written a password into it.
  const name = `allowedOrigins[${index}]`;
  const url = typeof entry === 'string' ? parseUrl(entry) : undefined;
  if (!url || typeof entry !== 'string') throw invalidOrigins(`${name} is not a URL`, ORIGIN_HINT);
  const extra = findExtra(entry, url);
  if (extra) throw invalidOrigins(`${name} has ${extra}`, ORIGIN_HINT);
  if (url.protocol === 'https:') return url.origin;
  if (url.protocol !== 'http:') throw invalidOrigins(`${name} is not https`, ORIGIN_HINT);
  if (!LOOPBACK.has(url.hostname)) {
    throw invalidOrigins(`${name} would send the key in plain text`, 'Use https for it.');
  }
  if (!insecureLoopback) {
    throw invalidOrigins(
      `${name} is plain http`,
      'For a server on this machine, set allowInsecureLoopback to true.',
    );
  }
  return url.origin;
}

const ORIGIN_HINT = `Write scheme, host and port alone, as in "${MAGIC_HOUR_ORIGIN}".`;

function findExtra(entry: string, url: URL): string | undefined {
  // "https://*.magichour.ai" is a host to the parser, and would match nothing: it must not look as if it did.
  if (entry.includes('*') || url.hostname.includes('*')) return 'a wildcard';
  if (url.username || url.password || entry.includes('@')) return 'a user name';
  if (url.pathname !== '/' && url.pathname !== '') return 'a path';
  if (entry.includes('?')) return 'a query';
  if (entry.includes('#')) return 'a fragment';
  return PLAIN_URL.test(entry) ? undefined : 'a character that no origin has';
}

function hostOf(origin: string): string {
  return new URL(origin).hostname;
}

function invalidOrigins(message: string, hint: string): KeyError {
  return new KeyError({ code: 'invalid_config', message, hint });
}
