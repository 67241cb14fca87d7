/**
 * Why an exchange failed, as a name alone: a system code such as `"ECONNREFUSED"`, a code of TLS such as
 * `"CERT_HAS_EXPIRED"`, or one of `TransportErrorCode`. Texts of Node, of proxies and of servers stop here, because
 * they can quote what was sent.
 */
export interface TransportError extends Error {
  readonly code: string;
  /** It went wrong at the proxy, not at the server behind it. */
  readonly atProxy: boolean;
  /** The status with which a proxy refused the tunnel. */
  readonly status: number | undefined;
}

export type TransportErrorCode =
  /** The answer is longer than `maxBodyBytes`. */
  | 'BODY_TOO_LARGE'
  /** The answer is compressed, though `identity` was asked for. */
  | 'BODY_ENCODED'
  /** The connection ended before there was an answer. */
  | 'CONNECTION_ENDED'
  /** Neither http nor https, or with a user name in it. */
  | 'INVALID_URL'
  /** A method or header that HTTP does not allow. */
  | 'INVALID_REQUEST'
  /** A proxy variable that is no address, or names a kind of proxy that is not spoken here. */
  | 'INVALID_PROXY'
  /** The proxy did not open the tunnel. */
  | 'PROXY_REFUSED'
  /** The transport was closed before or during the request. */
  | 'TRANSPORT_CLOSED'
  /** What was thrown has no code that can be shown. */
  | 'UNKNOWN';

const BRAND = Symbol.for('magic-hour-keys.transport-error');
const CODE_SHAPE = /^[A-Z][A-Z0-9_]{1,63}$/;

export function createTransportError(
  code: TransportErrorCode,
  at: { readonly atProxy?: boolean | undefined; readonly status?: number | undefined } = {},
): TransportError {
  return brand(code, at.atProxy ?? false, at.status);
}

/** Of Node's error nothing but the code survives. One of ours passes unchanged. */
export function toTransportError(raw: unknown, atProxy = false): TransportError {
  if (isTransportError(raw)) return raw;
  const code: unknown = raw instanceof Error ? (raw as NodeJS.ErrnoException).code : undefined;
  const isInvalid = typeof code === 'string' && /^ERR_(INVALID|HTTP_INVALID|UNESCAPED)_/.test(code);
  if (isInvalid) return brand('INVALID_REQUEST', atProxy, undefined);
  return brand(typeof code === 'string' && CODE_SHAPE.test(code) ? code : 'UNKNOWN', atProxy, undefined);
}

/** Works across two copies of the package, where `instanceof` would not. */
export function isTransportError(error: unknown): error is TransportError {
  return typeof error === 'object' && error !== null && BRAND in error;
}

function brand(code: string, atProxy: boolean, status: number | undefined): TransportError {
  const error = Object.assign(new Error(code), { name: 'TransportError', code, atProxy, status });
  Object.defineProperty(error, BRAND, { value: true });
  return error;
}
