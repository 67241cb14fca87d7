import type { KeyErrorCode, KeyFailure } from '@magic-hour-keys/core';
import { codeFromStatus } from '@magic-hour-keys/core/author';
import { factsOf, type GcpErrorFacts } from './error-facts.ts';
import { hintFor } from './hints.ts';
import type { GcpSettings } from './options.ts';
import { codeOfStatus, nameOfStatus } from './status-codes.ts';

export function createClassifier(settings: GcpSettings): (raw: unknown) => KeyFailure {
  return (raw) => {
    const facts = factsOf(raw);
    const { number, status, systemCode, reason, retryAfterMs } = facts;
    const code = codeOf(facts);
    return {
      code,
      hint: hintFor(code, facts, settings),
      retryAfterMs,
      upstream: { name: reason ?? nameOfStatus(number) ?? systemCode, status },
    };
  };
}

export function codeOfError(raw: unknown): KeyErrorCode {
  return codeOf(factsOf(raw));
}

function codeOf(facts: GcpErrorFacts): KeyErrorCode {
  if (facts.isLogin) return codeOfLogin(facts);
  return (
    codeOfAmbiguous(facts) ??
    codeOfStatus(facts.number) ??
    codeOfNetwork(facts.systemCode) ??
    codeOfHttp(facts)
  );
}

/** Numbers that stand for several things, told apart by their text. */
function codeOfAmbiguous({ number, text }: GcpErrorFacts): KeyErrorCode | undefined {
  // A token that was to be renewed in the middle of a call. gRPC has no number of its own for that.
  if (/metadata from plugin failed/i.test(text))
    return isNetworkText(text) ? 'unavailable' : 'unauthenticated';
  if (number === 9 && /\bkms\b|cryptokey/i.test(text)) return 'access_denied';
  return undefined;
}

/** Of the login: Secret Manager was not asked, so it can't have said "not found" or "no permission". */
function codeOfLogin({ status = 0, systemCode, text }: GcpErrorFacts): KeyErrorCode {
  if (/universe domain/i.test(text)) return 'invalid_config';
  if (status === 429) return 'throttled';
  if (status >= 500) return 'unavailable';
  if (status >= 400) return isImpersonation(text) ? 'access_denied' : 'unauthenticated';
  return codeOfNetwork(systemCode) ?? (isNetworkText(text) ? 'unavailable' : 'unauthenticated');
}

export function isImpersonation(text: string): boolean {
  return /unable to impersonate/i.test(text);
}

/** As Node and OpenSSL name what is wrong with a certificate. */
const TLS_FAILURE = /^(?:ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|CRL_)/;
const UNREACHABLE =
  /^(?:ECONN(?:REFUSED|RESET|ABORTED)|E(?:HOST|NET)UNREACH|E(?:HOST|NET)DOWN|ENOTFOUND|EAI_(?:AGAIN|FAIL)|EPIPE|EPROTO|[EM]MFILE|ENFILE|ERR_STREAM_PREMATURE_CLOSE)$/;
const TOO_LATE = /^(?:ETIMEDOUT|ESOCKETTIMEDOUT|ECONNTIMEOUT)$/;

function codeOfNetwork(systemCode = ''): KeyErrorCode | undefined {
  if (TOO_LATE.test(systemCode)) return 'timeout';
  return TLS_FAILURE.test(systemCode) || UNREACHABLE.test(systemCode) ? 'unavailable' : undefined;
}

/** The SDK passes some of these on in a text alone. */
function isNetworkText(text: string): boolean {
  return /\b(?:ECONN[A-Z]+|ENOTFOUND|EAI_AGAIN|E(?:HOST|NET)UNREACH|ETIMEDOUT)\b/.test(text);
}

/** Without a number of Google's, something else has answered, or a client that was handed in has its own errors. */
function codeOfHttp({ status }: GcpErrorFacts): KeyErrorCode {
  return status !== undefined && status < 400 ? 'unavailable' : codeFromStatus(status);
}
