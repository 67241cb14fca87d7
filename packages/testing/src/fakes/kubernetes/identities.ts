import { randomBytes } from 'node:crypto';

/** Who asks. */
export interface Identity {
  readonly user: string;
  readonly groups: readonly string[];
}

export interface IssuedToken extends Identity {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly endsMs: number;
}

export interface Identities {
  /** A token that is known from now on. Not a signed one: the server looks it up, as it would a bootstrap token. */
  issue(identity: Identity, seconds?: number, token?: string): IssuedToken;
  revoke(token: string): void;
  /** Undefined for one that is unknown or has ended. */
  find(token: string): Identity | undefined;
  /** Takes every token of this user for unknown, until it is allowed again. */
  suspend(user: string, isSuspended: boolean): void;
}

/** Whom a request without any login is judged as. */
export const ANONYMOUS: Identity = { user: 'system:anonymous', groups: ['system:unauthenticated'] };

/** @param isThere whether the account of that user is still there */
export function createIdentities(wallMs: () => number, isThere: (user: string) => boolean): Identities {
  const tokens = new Map<string, IssuedToken>();
  const suspended = new Set<string>();
  return {
    issue(identity, seconds = Infinity, token = `fake.${randomBytes(32).toString('base64url')}`) {
      const issued = { ...identity, token, endsMs: wallMs() + seconds * 1000 };
      tokens.set(token, issued);
      return issued;
    },
    revoke: (token) => void tokens.delete(token),
    find(token) {
      const found = tokens.get(token);
      const isGood =
        found !== undefined && wallMs() < found.endsMs && !suspended.has(found.user) && isThere(found.user);
      return isGood ? found : undefined;
    },
    suspend: (user, isSuspended) => void (isSuspended ? suspended.add(user) : suspended.delete(user)),
  };
}

export function serviceAccount(namespace: string, name: string): Identity {
  return {
    user: `system:serviceaccount:${namespace}:${name}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  };
}
