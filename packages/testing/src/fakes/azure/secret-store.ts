import { randomBytes } from 'node:crypto';
import { refusal } from './azure-refusal.ts';

export interface StoredVersion {
  /** 32 hexadecimal digits. */
  readonly id: string;
  readonly value: string;
  /** Seconds since 1970, as Key Vault has all its times. */
  readonly createdSeconds: number;
  updatedSeconds: number;
  enabled: boolean;
  notBeforeSeconds: number | undefined;
  expiresSeconds: number | undefined;
  contentType: string | undefined;
  tags: Readonly<Record<string, string>> | undefined;
}

/** What can be set of a version, and changed afterwards. */
export interface VersionSettings {
  readonly enabled?: boolean | undefined;
  readonly notBefore?: Date | undefined;
  readonly expiresOn?: Date | undefined;
  readonly contentType?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/** The secrets of a vault, each a list of versions. A deleted one stays, by its name, until it is purged. */
export interface SecretStore {
  put(name: string, value: string, settings?: VersionSettings): StoredVersion;
  /** @throws AzureRefusal SecretNotFound, also for a deleted secret; `version` defaults to the newest. */
  get(name: string, version?: string): StoredVersion;
  /** Oldest first. @throws AzureRefusal, as `get` does. */
  list(name: string): readonly StoredVersion[];
  update(name: string, version: string | undefined, settings: VersionSettings): StoredVersion;
  delete(name: string): StoredVersion;
  recover(name: string): StoredVersion;
  purge(name: string): void;
  getDeleted(name: string): StoredVersion;
}

export function createSecretStore(now: () => number): SecretStore {
  const secrets = new Map<string, StoredVersion[]>();
  const deleted = new Map<string, StoredVersion[]>();
  let lastCreated = 0;

  /** Never the same second twice, so that a test needs not wait for the order of its versions to show. */
  function nextSecond(): number {
    lastCreated = Math.max(lastCreated + 1, Math.floor(now() / 1000));
    return lastCreated;
  }

  function list(name: string): StoredVersion[] {
    const found = secrets.get(keyOf(name));
    if (found) return found;
    throw refusal(
      404,
      'SecretNotFound',
      `A secret with (name/id) ${name} was not found in this key vault. If you recently deleted this secret you may be able to recover it using the correct recovery command.`,
    );
  }

  function get(name: string, version?: string): StoredVersion {
    const found = version === undefined ? list(name).at(-1) : list(name).find(({ id }) => id === version);
    if (found) return found;
    throw refusal(
      404,
      'SecretNotFound',
      `A secret with (name/id) ${name}/${version} was not found in this key vault.`,
    );
  }

  function move(
    name: string,
    from: Map<string, StoredVersion[]>,
    to: Map<string, StoredVersion[]>,
  ): StoredVersion {
    const versions = from.get(keyOf(name));
    const newest = versions?.at(-1);
    if (!versions || !newest) throw refusal(404, 'SecretNotFound', `There is no such secret: ${name}`);
    from.delete(keyOf(name));
    to.set(keyOf(name), versions);
    return newest;
  }

  return {
    put(name, value, settings = {}) {
      if (deleted.has(keyOf(name))) {
        throw refusal(
          409,
          'Conflict',
          `Secret ${name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the secret can only be recovered or purged.`,
          'ObjectIsDeletedButRecoverable',
        );
      }
      const createdSeconds = nextSecond();
      const version: StoredVersion = {
        id: randomBytes(16).toString('hex'),
        value,
        createdSeconds,
        updatedSeconds: createdSeconds,
        enabled: true,
        notBeforeSeconds: undefined,
        expiresSeconds: undefined,
        contentType: undefined,
        tags: undefined,
      };
      change(version, settings);
      secrets.set(keyOf(name), [...(secrets.get(keyOf(name)) ?? []), version]);
      return version;
    },
    get,
    list,
    update(name, version, settings) {
      const found = get(name, version);
      found.updatedSeconds = Math.floor(now() / 1000);
      change(found, settings);
      return found;
    },
    delete(name) {
      list(name);
      return move(name, secrets, deleted);
    },
    recover: (name) => move(name, deleted, secrets),
    purge: (name) => void deleted.delete(keyOf(name)),
    getDeleted(name) {
      const found = deleted.get(keyOf(name))?.at(-1);
      if (found) return found;
      throw refusal(404, 'SecretNotFound', `Deleted Secret not found: ${name}`);
    },
  };
}

/** Names are compared without regard to case. */
function keyOf(name: string): string {
  return name.toLowerCase();
}

function change(version: StoredVersion, settings: VersionSettings): void {
  const { enabled, notBefore, expiresOn, contentType, tags } = settings;
  if (enabled !== undefined) version.enabled = enabled;
  if (notBefore) version.notBeforeSeconds = Math.floor(notBefore.getTime() / 1000);
  if (expiresOn) version.expiresSeconds = Math.floor(expiresOn.getTime() / 1000);
  if (contentType !== undefined) version.contentType = contentType;
  if (tags) version.tags = tags;
}
