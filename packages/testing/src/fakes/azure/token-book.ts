import { randomBytes } from 'node:crypto';

/** The access tokens that were given out, and whether the vault still takes them. */
export interface TokenBook {
  issue(lifeMs: number): string;
  isValid(token: string | undefined): boolean;
  revokeAll(): void;
  /** Every token that was ever given out. */
  readonly all: readonly string[];
}

export function createTokenBook(now: () => number): TokenBook {
  const ends = new Map<string, number>();
  const all: string[] = [];
  return {
    issue(lifeMs) {
      const token = `eyJ${randomBytes(60).toString('base64url')}`;
      ends.set(token, now() + lifeMs);
      all.push(token);
      return token;
    },
    isValid: (token) => token !== undefined && (ends.get(token) ?? 0) > now(),
    revokeAll: () => ends.clear(),
    all,
  };
}
