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
  readonly source: string;
  readonly location: string;
  readonly code: KeyErrorCode;
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
  /** What happened, in one sentence without a secret. Without it the code's own sentence is used. */
  readonly message?: string | undefined;
  /** The backend's name, such as `"aws"`. */
  readonly source?: string | undefined;
  /** Where it looked; printable, never secret. */
  readonly location?: string | undefined;
  readonly links?: readonly KeyErrorLink[] | undefined;
}

const SENTENCES: Readonly<Record<KeyErrorCode, string>> = {
  not_configured: 'nothing is configured here',
  not_found: 'there is no key here',
  disabled: 'the key is there, but not in force',
  access_denied: 'the store refused access to the key',
  unauthenticated: 'the store does not accept our credentials',
  invalid_key: 'what is stored here is not a usable key',
  invalid_config: 'a setting is wrong',
  throttled: 'the store asks us to slow down',
  timeout: 'the store did not answer in time',
  unavailable: 'the store can not be reached',
  origin_not_allowed: 'the key was not sent, because this URL is not on the allow-list',
  rejected: 'the Magic Hour API refused this key',
  conflict: 'the secret was changed by somebody else meanwhile',
  unsupported: 'this is not supported here',
  closed: 'the key provider is closed',
  unknown: 'reading the key failed',
};

/** The codes that may pass by themselves, and the only ones core ever retries. */
const TRANSIENT: ReadonlySet<KeyErrorCode> = new Set(['throttled', 'timeout', 'unavailable', 'unknown']);

const BRAND = Symbol.for('magic-hour-keys.error');

/**
 * The one error class of this library. A foreign error is never its `cause` and never a property of it: Node prints
 * causes, and SDK errors carry tokens, headers and even the secret (measured for node-vault, Azure, axios, got).
 */
export class KeyError extends Error {
  override readonly name: string = 'KeyError';
  readonly code: KeyErrorCode;
  /** The backend's name, such as `"aws"`; empty where no source is involved. */
  readonly source: string;
  /** Where it looked; printable, never secret. */
  readonly location: string;
  /** True when the same call may succeed later without anybody doing anything. */
  readonly transient: boolean;
  /** One sentence that says what to do next. */
  readonly hint?: string | undefined;
  /** Milliseconds the store asked us to wait, where it said so. */
  readonly retryAfterMs?: number | undefined;
  /** Of a chain: what each link answered, in order. */
  readonly links?: readonly KeyErrorLink[] | undefined;
  readonly upstream?: KeyErrorUpstream | undefined;

  constructor(options: KeyErrorOptions) {
    super(describe(options));
    this.code = options.code;
    this.source = options.source ?? '';
    this.location = options.location ?? '';
    this.transient = TRANSIENT.has(options.code);
    if (options.hint !== undefined) this.hint = options.hint;
    if (options.retryAfterMs !== undefined) this.retryAfterMs = options.retryAfterMs;
    if (options.links !== undefined) this.links = options.links.map((link) => Object.freeze({ ...link }));
    if (options.upstream !== undefined) this.upstream = pickUpstream(options.upstream);
  }

  /** The allow-list again, so that a logger that serialises errors gets the useful fields. */
  toJSON(): Record<string, unknown> {
    const { name, message, code, source, location, transient, hint, retryAfterMs, links, upstream } = this;
    return { name, message, code, source, location, transient, hint, retryAfterMs, links, upstream };
  }
}
Object.defineProperty(KeyError.prototype, BRAND, { value: true });

/** Works across two copies of the package, where `instanceof` would not. */
export function isKeyError(error: unknown): error is KeyError {
  return typeof error === 'object' && error !== null && BRAND in error;
}

/** For a caller that gets the same verdict without a new read: an error of its own, with its own stack. */
export function copyKeyError(error: KeyError): KeyError {
  const { code, source, location, hint, retryAfterMs, links, upstream } = error;
  const copy = new KeyError({ code, source, location, hint, retryAfterMs, links, upstream });
  copy.message = error.message;
  return copy;
}

function describe(options: KeyErrorOptions): string {
  const where = [options.source, options.location && `(${options.location})`].filter(Boolean).join(' ');
  const what = options.message ?? SENTENCES[options.code];
  const links = options.links?.map((link) => `${link.source}: ${link.code}`).join(', ');
  const sentence = `${where && `${where}: `}${what} [${options.code}]${links ? ` (${links})` : ''}`;
  return options.hint ? `${sentence}. ${options.hint}` : sentence;
}

function pickUpstream({ name, status, requestId }: KeyErrorUpstream): KeyErrorUpstream {
  return Object.freeze({
    ...(name !== undefined && { name }),
    ...(status !== undefined && { status }),
    ...(requestId !== undefined && { requestId }),
  });
}
