import { refusal } from './refusal.ts';

export type VersionState = 'ENABLED' | 'DISABLED' | 'DESTROYED';

export interface StoredVersion {
  readonly number: number;
  value: Uint8Array;
  state: VersionState;
  readonly createdMs: number;
}

export interface StoredSecret {
  /** With the number of its project, as the answers have it. */
  readonly name: string;
  readonly versions: StoredVersion[];
  /** Alias to number. */
  readonly aliases: Map<string, number>;
}

/** The secrets of one project, in all locations. */
export interface SecretStore {
  /** @param name `projects/P/secrets/S` or `projects/P/locations/L/secrets/S`; P is the id or the number */
  find(name: string): StoredSecret | undefined;
  /** @throws GcpRefusal NOT_FOUND */
  get(name: string): StoredSecret;
  create(name: string): StoredSecret;
  addVersion(secret: StoredSecret, value: Uint8Array): StoredVersion;
  remove(name: string): void;
}

const PROJECT_NUMBER = '123456789012';
const SECRET_NAME = /^projects\/([^/]+)((?:\/locations\/[^/]+)?\/secrets\/[^/]+)$/;

export function createSecretStore(project: string): SecretStore {
  const secrets = new Map<string, StoredSecret>();

  function keyOf(name: string): string {
    const [, owner, rest] = SECRET_NAME.exec(name) ?? [];
    if (rest === undefined) throw refusal('INVALID_ARGUMENT', `Invalid resource name: ${name}`);
    if (owner !== project && owner !== PROJECT_NUMBER) {
      throw refusal(
        'PERMISSION_DENIED',
        `Permission denied on resource project ${owner}.`,
        'CONSUMER_INVALID',
      );
    }
    return `projects/${PROJECT_NUMBER}${rest}`;
  }

  return {
    find: (name) => secrets.get(keyOf(name)),
    get(name) {
      const secret = secrets.get(keyOf(name));
      if (secret) return secret;
      throw refusal('NOT_FOUND', `Secret [${keyOf(name)}] not found.`);
    },
    create(name) {
      const key = keyOf(name);
      if (secrets.has(key)) throw refusal('ALREADY_EXISTS', `Secret [${key}] already exists.`);
      const secret = { name: key, versions: [], aliases: new Map() };
      secrets.set(key, secret);
      return secret;
    },
    addVersion({ versions }, value) {
      const last = versions.at(-1)?.number ?? 0;
      const version: StoredVersion = { number: last + 1, value, state: 'ENABLED', createdMs: Date.now() };
      versions.push(version);
      return version;
    },
    remove: (name) => void secrets.delete(keyOf(name)),
  };
}

/**
 * By number, by alias, or `latest`, which is the highest number in whatever state.
 *
 * @throws GcpRefusal NOT_FOUND
 */
export function findVersion({ name, versions, aliases }: StoredSecret, wanted: string): StoredVersion {
  const number = wanted === 'latest' ? versions.at(-1)?.number : (aliases.get(wanted) ?? Number(wanted));
  const version = versions.find((candidate) => candidate.number === number);
  if (version) return version;
  throw refusal('NOT_FOUND', `Secret Version [${name}/versions/${wanted}] not found.`);
}
