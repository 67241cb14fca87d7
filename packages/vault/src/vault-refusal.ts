import { member } from './member.ts';

/** What Vault's own words mean, as far as a status does not tell. The words themselves stop here. */
export type RefusalReason =
  | 'sealed'
  | 'invalid_token'
  | 'deleted'
  | 'destroyed'
  | 'wrong_engine'
  | 'no_such_mount'
  | 'header_required'
  | 'redirected'
  | 'malformed';

/** An answer that is not the one that was asked for. It holds no text of the server, and no header of the request. */
export interface VaultRefusal extends Error {
  readonly status: number;
  readonly reason: RefusalReason | undefined;
  readonly retryAfterMs: number | undefined;
  /** Of KV version 2: which version is deleted. */
  readonly version: number | undefined;
  /** What was asked for, such as `"auth/approle/login"`. */
  readonly path: string;
}

export interface Refusal {
  readonly status: number;
  readonly path: string;
  readonly body?: unknown;
  readonly reason?: RefusalReason | undefined;
  readonly retryAfterMs?: number | undefined;
}

const BRAND = Symbol.for('magic-hour-keys.vault-refusal');

const WORDS: readonly (readonly [pattern: RegExp, reason: RefusalReason])[] = [
  [/\binvalid token\b|\bbad token\b|\btoken not found\b|missing client token/i, 'invalid_token'],
  [/vault is sealed/i, 'sealed'],
  [/invalid path for a versioned k\/v/i, 'wrong_engine'],
  [/no handler for route|unsupported path/i, 'no_such_mount'],
  [/x-vault-request/i, 'header_required'],
];

/** @param body the JSON of the answer, of which only the meaning is kept */
export function createRefusal({ status, path, body, reason, retryAfterMs }: Refusal): VaultRefusal {
  const version = gone(body);
  const error = Object.assign(new Error(`Vault answered with ${status}`), {
    name: 'VaultRefusal',
    status,
    path,
    reason: reason ?? version?.reason ?? reasonIn(body),
    version: version?.version,
    retryAfterMs,
  });
  Object.defineProperty(error, BRAND, { value: true });
  return error;
}

export function isRefusal(error: unknown): error is VaultRefusal {
  return typeof error === 'object' && error !== null && BRAND in error;
}

function reasonIn(body: unknown): RefusalReason | undefined {
  const texts = [member(body, 'errors'), member(body, 'warnings')]
    .flat()
    .filter((text) => typeof text === 'string')
    .join('\n');
  return WORDS.find(([pattern]) => pattern.test(texts))?.[1];
}

/** A version that is deleted or destroyed is a 404 that still has its metadata. */
function gone(body: unknown): { version: number; reason: RefusalReason } | undefined {
  const data = member(body, 'data');
  const metadata = member(data, 'metadata');
  const version = member(metadata, 'version');
  if (member(data, 'data') !== null || typeof version !== 'number') return undefined;
  return { version, reason: member(metadata, 'destroyed') === true ? 'destroyed' : 'deleted' };
}
