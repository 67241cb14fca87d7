export type SecretData = Readonly<Record<string, unknown>>;

export interface KvVersion {
  readonly version: number;
  readonly createdMs: number;
  data: SecretData | undefined;
  deletedMs: number | undefined;
  destroyed: boolean;
}

/** One mount. Of version 1 only the last version of each secret counts. */
export interface KvStore {
  readonly engine: 1 | 2;
  /** @param deleteAfterSeconds Vault's `delete_version_after` */
  put(name: string, data: SecretData, deleteAfterSeconds?: number): KvVersion;
  find(name: string, version?: number): KvVersion | undefined;
  /** Oldest first. */
  versions(name: string): readonly KvVersion[];
  /** All versions and the metadata. */
  remove(name: string): boolean;
  isDeleted(version: KvVersion): boolean;
  names(prefix: string): readonly string[];
  /** Milliseconds since 1970. */
  now(): number;
}

export function createKvStore(engine: 1 | 2, wallMs: () => number, mostVersions = 10): KvStore {
  const secrets = new Map<string, KvVersion[]>();

  return {
    engine,
    put(name, data, deleteAfterSeconds) {
      const versions = secrets.get(name) ?? [];
      const created: KvVersion = {
        version: (versions.at(-1)?.version ?? 0) + 1,
        createdMs: wallMs(),
        data,
        deletedMs: deleteAfterSeconds === undefined ? undefined : wallMs() + deleteAfterSeconds * 1000,
        destroyed: false,
      };
      secrets.set(name, [...versions, created].slice(-mostVersions));
      return created;
    },
    find: (name, version) =>
      version ? secrets.get(name)?.find((entry) => entry.version === version) : secrets.get(name)?.at(-1),
    now: wallMs,
    versions: (name) => secrets.get(name) ?? [],
    remove: (name) => secrets.delete(name),
    isDeleted: ({ destroyed, deletedMs }) => destroyed || (deletedMs !== undefined && deletedMs <= wallMs()),
    names: (prefix) => [
      ...new Set(
        [...secrets.keys()]
          .filter((name) => name.startsWith(prefix))
          .map((name) => name.slice(prefix.length).replace(/\/.*$/, '/')),
      ),
    ],
  };
}
