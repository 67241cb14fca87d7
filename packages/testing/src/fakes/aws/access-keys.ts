import { randomBytes, randomInt } from 'node:crypto';

export interface FakeAccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Temporary keys have one. */
  readonly sessionToken?: string | undefined;
  readonly expiration?: Date | undefined;
}

/** The access keys of the account: who may sign a request at all. */
export interface AccessKeys {
  /** A new key; with a life in milliseconds a temporary one, which needs its session token. */
  create(lifeMs?: number, secretAccessKey?: string): FakeAccessKey;
  find(accessKeyId: string): FakeAccessKey | undefined;
  /** Undefined for a key that was never created here. */
  isActive(accessKeyId: string): boolean;
  revoke(accessKeyId: string): void;
  restore(accessKeyId: string): void;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

export function createAccessKeys(): AccessKeys {
  const keys = new Map<string, FakeAccessKey>();
  const revoked = new Set<string>();
  return {
    create(lifeMs, secretAccessKey = randomBytes(30).toString('base64')) {
      const id = Array.from({ length: 16 }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
      const key = {
        accessKeyId: `${lifeMs === undefined ? 'AKIA' : 'ASIA'}${id}`,
        secretAccessKey,
        ...(lifeMs !== undefined && {
          sessionToken: randomBytes(96).toString('base64'),
          expiration: new Date(Date.now() + lifeMs),
        }),
      };
      keys.set(key.accessKeyId, key);
      return key;
    },
    find: (id) => keys.get(id),
    isActive: (id) => keys.has(id) && !revoked.has(id),
    revoke: (id) => void revoked.add(id),
    restore: (id) => void revoked.delete(id),
  };
}
