import { parseRetryAfter } from '@magic-hour-keys/core/author';
import type { TransportResponse } from '@magic-hour-keys/core/node';
import { isOfThisMachine } from '../connections.ts';
import type { NoteExchange } from '../http-client.ts';

/**
 * What went wrong last between here and whoever gives out tokens. `@azure/identity` tells it in texts alone, and tells
 * a failing authority like a wrong password (measured).
 */
export interface LoginTrouble {
  readonly status?: number | undefined;
  /** Such as `"invalid_client"` (RFC 6749 section 5.2). */
  readonly oauthError?: string | undefined;
  /** Of Entra, such as `"AADSTS7000215"`. */
  readonly entraCode?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  /** A success that is none of an authority. */
  readonly isMalformed?: boolean | undefined;
  /** Core's error of the transport. */
  readonly error?: unknown;
  /** At a service of this machine, such as the metadata service. */
  readonly isLocal: boolean;
}

export interface TroubleLog {
  readonly note: NoteExchange;
  clear(): void;
  /** @param withLocal whether services of this machine count, which the default chain only tries */
  last(withLocal: boolean): LoginTrouble | undefined;
}

export function createTroubleLog(): TroubleLog {
  let troubles: LoginTrouble[] = [];
  return {
    note(url, outcome) {
      const isLocal = isOfThisMachine(url);
      const trouble =
        'error' in outcome ? { error: outcome.error, isLocal } : troubleOf(outcome.answer, isLocal);
      if (trouble) troubles.push(trouble);
    },
    clear() {
      troubles = [];
    },
    last: (withLocal) => troubles.findLast(({ isLocal }) => withLocal || !isLocal),
  };
}

function troubleOf({ status, headers, body }: TransportResponse, isLocal: boolean): LoginTrouble | undefined {
  const members = parse(body);
  if (status < 400) return members ? undefined : { status, isMalformed: true, isLocal };
  const { error, error_description: description } = {
    error: undefined,
    error_description: undefined,
    ...members,
  };
  return {
    status,
    oauthError: match(error, /^[a-z][a-z_]{2,63}$/),
    entraCode: match(description, /\bAADSTS\d{4,9}\b/),
    retryAfterMs: parseRetryAfter(headers['retry-after'], Date.now()),
    isLocal,
  };
}

/** The parser's message would quote a token. */
function parse(text: string): object | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function match(value: unknown, pattern: RegExp): string | undefined {
  return typeof value === 'string' ? pattern.exec(value)?.[0] : undefined;
}
