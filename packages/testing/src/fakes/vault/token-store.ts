import { randomBytes, randomUUID } from 'node:crypto';

export interface TokenOptions {
  /** Default: none but `default`. `root` may do everything. */
  readonly policies?: readonly string[] | undefined;
  /** Default 0: it never expires. */
  readonly ttlSeconds?: number | undefined;
  /** Renewals end this long after the token was made. Default: never. */
  readonly maxTtlSeconds?: number | undefined;
  /** Default true where there is a TTL. */
  readonly renewable?: boolean | undefined;
  /** After so many requests the token is gone. Default 0: no limit. */
  readonly numUses?: number | undefined;
  /** Default `service`. A `batch` token can't be renewed or revoked. */
  readonly type?: 'service' | 'batch' | undefined;
  /** Without the policy that lets a token look itself up and renew itself. */
  readonly withoutDefaultPolicy?: boolean | undefined;
}

export interface TokenEntry {
  readonly id: string;
  readonly accessor: string;
  readonly policies: readonly string[];
  readonly type: 'service' | 'batch';
  readonly renewable: boolean;
  readonly createdMs: number;
  readonly ttlSeconds: number;
  readonly maxTtlSeconds: number;
  /** Namespace; empty for the root namespace. */
  readonly namespace: string;
  expiresMs: number;
  usesLeft: number;
}

export interface TokenStore {
  create(options: TokenOptions, namespace: string): TokenEntry;
  /** Counts as a use. Undefined for a token that is unknown, expired or used up. */
  use(id: string): TokenEntry | undefined;
  /** @returns the seconds that are left from now on, as `renew-self` grants them */
  renew(entry: TokenEntry, incrementSeconds: number | undefined): number;
  secondsLeft(entry: TokenEntry): number;
  revoke(id: string): void;
  /** @param except stays */
  revokeAll(except: string): void;
}

export function createTokenStore(wallMs: () => number): TokenStore {
  const tokens = new Map<string, TokenEntry>();

  function grant(entry: TokenEntry, seconds: number): number {
    const endMs = entry.createdMs + entry.maxTtlSeconds * 1000;
    entry.expiresMs = Math.min(wallMs() + seconds * 1000, endMs);
    return secondsLeft(entry);
  }

  function secondsLeft({ expiresMs }: TokenEntry): number {
    return Number.isFinite(expiresMs) ? Math.max(0, Math.floor((expiresMs - wallMs()) / 1000)) : 0;
  }

  return {
    create(options, namespace) {
      const { ttlSeconds = 0, maxTtlSeconds = Infinity, numUses = 0, type = 'service' } = options;
      const entry: TokenEntry = {
        id: `${type === 'batch' ? 'hvb' : 'hvs'}.${randomBytes(18).toString('base64url')}`,
        accessor: randomUUID(),
        policies: [...(options.withoutDefaultPolicy ? [] : ['default']), ...(options.policies ?? [])],
        type,
        renewable: type === 'service' && (options.renewable ?? ttlSeconds > 0),
        createdMs: wallMs(),
        ttlSeconds,
        maxTtlSeconds,
        namespace,
        expiresMs: Infinity,
        usesLeft: numUses === 0 ? Infinity : numUses,
      };
      if (ttlSeconds > 0) grant(entry, ttlSeconds);
      tokens.set(entry.id, entry);
      return entry;
    },
    use(id) {
      const entry = tokens.get(id);
      if (!entry || wallMs() >= entry.expiresMs) return undefined;
      entry.usesLeft -= 1;
      if (entry.usesLeft <= 0) tokens.delete(id);
      return entry;
    },
    renew: (entry, incrementSeconds) => grant(entry, incrementSeconds || entry.ttlSeconds),
    secondsLeft,
    revoke: (id) => void tokens.delete(id),
    revokeAll(except) {
      for (const id of tokens.keys()) if (id !== except) tokens.delete(id);
    },
  };
}
