import type { VaultAdmin } from './vault-admin.ts';

export type KvEngine = 1 | 2;

/** One secret in an engine of its own. */
export interface VaultSecret {
  /** What a policy has to allow. */
  readonly readPath: string;
  put(members: Record<string, unknown>): Promise<void>;
  remove(): Promise<void>;
  /** Deletes the current version alone, which version 1 has no notion of. */
  disable?: () => Promise<void>;
  /** Cases that this engine can't be put through. */
  readonly limits: Record<string, string>;
}

export interface VaultSecretPlace {
  readonly engine: KvEngine;
  readonly mount: string;
  readonly name: string;
}

const NO_VERSIONS = 'an engine of version 1 keeps no versions';

export function createVaultSecret(admin: VaultAdmin, { engine, mount, name }: VaultSecretPlace): VaultSecret {
  const path = engine === 2 ? `${mount}/data/${name}` : `${mount}/${name}`;
  if (engine === 1) {
    return {
      readPath: path,
      put: async (members) => void (await admin.write(path, members)),
      remove: () => admin.remove(path),
      limits: Object.fromEntries(
        ['manifest', 'version', 'sequence', 'previous', 'no-previous'].map((id) => [id, NO_VERSIONS]),
      ),
    };
  }
  return {
    readPath: path,
    put: async (members) => void (await admin.write(path, { data: members })),
    remove: () => admin.remove(`${mount}/metadata/${name}`),
    disable: () => admin.remove(path),
    limits: {},
  };
}
