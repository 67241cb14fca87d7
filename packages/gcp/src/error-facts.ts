import { isKeyError } from '@magic-hour-keys/core';
import { parseRetryAfter } from '@magic-hour-keys/core/author';
import { member } from './member.ts';

/** What is read of an error of the SDK. Its text, its metadata and its request are never passed on. */
export interface GcpErrorFacts {
  /** It happened before Secret Manager was asked: while a login was looked for, or a token was fetched. */
  readonly isLogin: boolean;
  /** The number of gRPC (google.rpc.Code). */
  readonly number: number | undefined;
  /** Of HTTP, where the answer came by it. */
  readonly status: number | undefined;
  /** Of the network or of OpenSSL, such as `"ECONNREFUSED"`. */
  readonly systemCode: string | undefined;
  /** Of google.rpc.ErrorInfo, such as `"SERVICE_DISABLED"`. */
  readonly reason: string | undefined;
  readonly retryAfterMs: number | undefined;
  /** For telling apart what Google numbers alike; never shown. */
  readonly text: string;
}

/** Capital letters alone, so that no name made of a secret is passed on; keys have digits and small letters. */
const REASON = /^[A-Z][A-Z_]{2,63}$/;
const SYSTEM_CODE = /^[A-Z][A-Z0-9_]{2,63}$/;
const LOGIN_CAUSE = 'loginCause';
/** Of an error that was made out of an answer over REST. */
const HTTP_STATUS = 'httpStatus';

/** What the login threw, so that it can be told from what Secret Manager answered. */
export function toLoginError(raw: unknown): Error {
  // Not enumerable, because such errors carry tokens and private keys.
  return Object.defineProperty(new Error('the login to Google failed'), LOGIN_CAUSE, { value: raw });
}

/**
 * An error of ours as it was thrown: from version 7 on, the SDK wraps what its `fetch` throws, and gives it another code.
 */
export function unwrapOurs(raw: unknown): unknown {
  const cause = member(raw, 'cause');
  const isOurs =
    isKeyError(cause) ||
    (typeof cause === 'object' && cause !== null && (LOGIN_CAUSE in cause || HTTP_STATUS in cause));
  return isOurs ? cause : raw;
}

export function factsOf(raw: unknown): GcpErrorFacts {
  const isLogin = typeof raw === 'object' && raw !== null && LOGIN_CAUSE in raw;
  const error = isLogin ? member(raw, LOGIN_CAUSE) : raw;
  const code = member(error, 'code');
  const details = listOf(member(error, 'statusDetails'));
  const status =
    member(error, HTTP_STATUS) ?? member(member(error, 'response'), 'status') ?? member(error, 'status');
  const retryAfter = member(error, 'retryAfterMs');
  return {
    isLogin,
    number: !isLogin && typeof code === 'number' && code >= 0 && code <= 16 ? code : undefined,
    status: typeof status === 'number' ? status : undefined,
    systemCode: textIf(code, SYSTEM_CODE),
    reason:
      textIf(member(error, 'reason'), REASON) ??
      firstOf(details, (one) => textIf(member(one, 'reason'), REASON)),
    retryAfterMs: firstOf(details, retryDelayOf) ?? (typeof retryAfter === 'number' ? retryAfter : undefined),
    text: textIf(member(error, 'message'), /[^]/) ?? '',
  };
}

/** google.rpc.RetryInfo: in JSON `"3.5s"`, as a message seconds and nanoseconds. */
function retryDelayOf(detail: unknown): number | undefined {
  const delay = member(detail, 'retryDelay');
  if (typeof delay === 'string') return parseRetryAfter(/^([\d.]+)s$/.exec(delay)?.[1], 0);
  const seconds = Number(member(delay, 'seconds') ?? NaN);
  const nanos = Number(member(delay, 'nanos') ?? 0);
  return Number.isFinite(seconds) ? parseRetryAfter(String(seconds + nanos / 1e9), 0) : undefined;
}

function firstOf<Found>(
  list: readonly unknown[],
  find: (one: unknown) => Found | undefined,
): Found | undefined {
  for (const one of list) {
    const found = find(one);
    if (found !== undefined) return found;
  }
  return undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textIf(value: unknown, pattern: RegExp): string | undefined {
  return typeof value === 'string' && pattern.test(value) ? value : undefined;
}
