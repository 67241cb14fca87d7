import { withoutUndefined } from './without-undefined.ts';

/**
 * What went wrong, as a closed union a program can switch on.
 *
 * - `not_configured`: this source has no settings at all; a chain goes on to its next link
 * - `not_found`: the store answered that there is no such secret, version or field
 * - `disabled`: it is there, but switched off, destroyed, expired or not valid yet
 * - `access_denied`: the store knows us and refuses; the hint names the missing permission
 * - `unauthenticated`: the store does not know us (no credentials, or expired ones)
 * - `invalid_key`: something was stored there, but it can't be a Magic Hour API key
 * - `invalid_config`: a setting is wrong, or a package is missing
 * - `throttled`, `timeout`, `unavailable`: the store could not answer now
 * - `origin_not_allowed`: the key was not sent, because the URL is not on the allow-list
 * - `rejected`: a probe was refused by the Magic Hour API
 * - `conflict`: somebody else changed the secret meanwhile (writing only)
 * - `unsupported`: this backend, runtime or client can't do that
 * - `closed`: the provider was closed
 * - `unknown`: none of these; treated as passing
 */
export type KeyErrorCode =
  | 'not_configured'
  | 'not_found'
  | 'disabled'
  | 'access_denied'
  | 'unauthenticated'
  | 'invalid_key'
  | 'invalid_config'
  | 'throttled'
  | 'timeout'
  | 'unavailable'
  | 'origin_not_allowed'
  | 'rejected'
  | 'conflict'
  | 'unsupported'
  | 'closed'
  | 'unknown';

/** The allow-list of what may be told of a foreign error. Never its message: SDK texts quote tokens and bodies. */
export interface KeyErrorUpstream {
  /** The error's class or code, such as `"ResourceNotFoundException"`. */
  readonly name?: string | undefined;
  /** The HTTP status. */
  readonly status?: number | undefined;
  /** The store's request id, for its support desk. */
  readonly requestId?: string | undefined;
}

/** What one link of a chain answered. */
export interface KeyErrorLink {
  /** The link's name, such as `"aws"`. */
  readonly source: string;
  /** Where it looked; printable, never secret. */
  readonly location: string;
  readonly code: KeyErrorCode;
  /** One sentence that says what to do next. */
  readonly hint?: string | undefined;
}

/** A classified failure: what a backend's `classify` gives. */
export interface KeyFailure {
  readonly code: KeyErrorCode;
  /** One sentence that says what to do next, by name: the permission, the variable, the command. */
  readonly hint?: string | undefined;
  /** The store's own Retry-After, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  readonly upstream?: KeyErrorUpstream | undefined;
}

export interface KeyErrorOptions extends KeyFailure {
  /** What happened, in a few words without a secret, where the code alone does not say it. */
  readonly message?: string | undefined;
  /** The backend's name, such as `"aws"`. */
  readonly source?: string | undefined;
  /** Where it looked; printable, never secret. */
  readonly location?: string | undefined;
  /** Of a chain: what each link answered, in order. */
  readonly links?: readonly KeyErrorLink[] | undefined;
}

/** The codes that may pass by themselves, and the only ones core ever retries. */
const TRANSIENT: readonly KeyErrorCode[] = ['throttled', 'timeout', 'unavailable', 'unknown'];

const BRAND = Symbol.for('magic-hour-keys.error');

/**
 * The one error class of this library. A foreign error is never its `cause` and never a property of it: Node prints
 * causes, and SDK errors carry tokens, headers and even the secret (measured for node-vault, Azure, axios, got).
 */
export class KeyError extends Error {
  declare readonly name: 'KeyError';
  declare readonly code: KeyErrorCode;
  /** The backend's name, such as `"aws"`; empty where no source is involved. */
  declare readonly source: string;
  /** Where it looked; printable, never secret. */
  declare readonly location: string;
  /** True when the same call may succeed later without anybody doing anything. */
  declare readonly transient: boolean;
  /** One sentence that says what to do next. */
  declare readonly hint?: string | undefined;
  /** Milliseconds the store asked us to wait, where it said so. */
  declare readonly retryAfterMs?: number | undefined;
  /** Of a chain: what each link answered, in order. */
  declare readonly links?: readonly KeyErrorLink[] | undefined;
  /** Of the foreign error, as far as it is safe to tell. */
  declare readonly upstream?: KeyErrorUpstream | undefined;

  constructor(options: KeyErrorOptions) {
    super(describe(options));
    const { code, source = '', location = '', hint, retryAfterMs, links, upstream } = options;
    const fields = { code, source, location, transient: TRANSIENT.includes(code), hint, retryAfterMs, links };
    Object.assign(this, withoutUndefined({ ...fields, upstream: upstream && pickUpstream(upstream) }));
  }

  /** The same fields for a logger that serialises errors. */
  toJSON(): Record<string, unknown> {
    return { ...(this as object), name: this.name, message: this.message };
  }
}
// On the prototype, so that neither shows as a field when an error is inspected.
Object.defineProperty(KeyError.prototype, 'name', { value: 'KeyError' });
Object.defineProperty(KeyError.prototype, BRAND, { value: true });

/** Works across two copies of the package, where `instanceof` would not. */
export function isKeyError(error: unknown): error is KeyError {
  return typeof error === 'object' && error !== null && BRAND in error;
}

/** An error of its own, with its own stack, for a caller that gets the same verdict without a new read. */
export function copyKeyError(
  error: KeyError,
  links: readonly KeyErrorLink[] | undefined = error.links,
): KeyError {
  const copy = new KeyError({ ...error, links });
  copy.message = error.message;
  return copy;
}

/** `aws (prod/magic-hour): access_denied. Allow …`: the code stands for itself, and the hint says what to do. */
function describe({ code, source, location, message, links, hint }: KeyErrorOptions): string {
  const where = [source, location && `(${location})`].filter(Boolean).join(' ');
  const what = message ? `${message} [${code}]` : code;
  const chain = links ? ` (${links.map((link) => `${link.source}: ${link.code}`).join(', ')})` : '';
  return `${where && `${where}: `}${what}${chain}${hint ? `. ${hint}` : ''}`;
}

/** A class or a code, as people name them: `ResourceNotFoundException`, `ECONNREFUSED`. */
const NAME = /^[A-Z][A-Za-z_]{1,63}$/;
const REQUEST_ID = /^(?!mhk_)[\w.:=+/-]{1,128}$/;

/** SDKs take both texts from the server's answer, which may hold anything: the key too, when it answers with an echo. */
function pickUpstream({ name, status, requestId }: KeyErrorUpstream): KeyErrorUpstream {
  return withoutUndefined({ name: keep(name, NAME), status, requestId: keep(requestId, REQUEST_ID) });
}

function keep(text: unknown, shape: RegExp): string | undefined {
  return typeof text === 'string' && shape.test(text) ? text : undefined;
}
