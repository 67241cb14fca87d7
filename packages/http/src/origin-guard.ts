import { KeyError } from '@magic-hour-keys/core';
import {
  createAllowedOrigins,
  parseUrl,
  type AllowedOriginsOptions,
  type OriginVerdict,
} from './allowed-origins.ts';

export interface OriginGuard {
  /**
   * The URL to which the key may go, just as it was judged: send this one. Undefined means without the key: a foreign
   * origin, which is reported, or something that is no absolute URL.
   *
   * @throws KeyError `origin_not_allowed` for plain http to a host of the allow-list, for a user name in an allowed URL
   * and, with `foreignOrigin: "error"`, for every foreign origin.
   */
  judge(url: string | URL): string | undefined;
  /** Whether the key may go there. Reports and throws nothing: for redirects. */
  allows(url: string | URL): boolean;
}

export interface OriginGuardOptions extends AllowedOriginsOptions {
  readonly foreignOrigin?: 'pass' | 'error' | undefined;
}

/** @throws KeyError `invalid_config` for an entry that is not an origin, and for plain http away from loopback. */
export function createOriginGuard(
  options: OriginGuardOptions,
  onForeign: (origin: string) => void,
): OriginGuard {
  const allowed = createAllowedOrigins(options);
  return {
    judge(url) {
      const text = textOf(url);
      if (allowed.startsAllowed(text)) return text;
      const parsed = parseUrl(text);
      // Clients refuse such a URL by themselves, and with an error their users know.
      if (!parsed) return undefined;
      const verdict = allowed.judge(parsed);
      if (verdict === 'allowed') return parsed.href;
      const origin = printableOrigin(parsed);
      if (verdict !== 'foreign' || options.foreignOrigin === 'error') throw originNotAllowed(verdict, origin);
      onForeign(origin);
      return undefined;
    },
    allows(url) {
      const text = textOf(url);
      if (allowed.startsAllowed(text)) return true;
      const parsed = parseUrl(text);
      return parsed !== undefined && allowed.judge(parsed) === 'allowed';
    },
  };
}

/** What every parser gets to read of a URL object. "" for what has no text: that is no URL either. */
function textOf(url: string | URL): string {
  if (typeof url === 'string') return url;
  try {
    return String(url);
  } catch {
    return '';
  }
}

/** Never the path or the query: signed storage URLs carry their own secrets there. */
export function printableOrigin(url: URL | undefined): string {
  if (!url) return '';
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.origin : url.protocol;
}

/** @param origin the printable origin, or "" where there is none. */
export function originNotAllowed(verdict: Exclude<OriginVerdict, 'allowed'>, origin: string): KeyError {
  const { why, hint } = REFUSALS[verdict];
  const message = `the key was not sent, because ${why}${origin && `: ${origin}`}`;
  return new KeyError({ code: 'origin_not_allowed', message, hint });
}

const REFUSALS: Readonly<Record<Exclude<OriginVerdict, 'allowed'>, { why: string; hint: string }>> = {
  foreign: {
    why: 'this origin is not on the allow-list',
    hint: 'If it should get the key, name it in the option allowedOrigins.',
  },
  insecure: {
    why: 'the URL is plain http',
    hint: 'Write https:// in the URL.',
  },
  userinfo: {
    why: 'the URL has a user name or a password in it',
    hint: 'Take everything between // and @ out of the URL.',
  },
};
