import { findVersion, type SecretStore, type StoredVersion, type VersionState } from './secret-store.ts';

/** What somebody does at the console of Google, without a request. Names are full: `projects/P/secrets/S`. */
export interface FakeGcpSecrets {
  /** Stores a new version, and creates the secret where there is none. Gives the version's number. */
  put(name: string, value: string | Uint8Array): number;
  /** A secret that never had a value. */
  createEmpty(name: string): void;
  /** @param version a number, an alias, or `latest`, the default */
  setState(name: string, state: VersionState, version?: string): void;
  setAlias(name: string, alias: string, version: number): void;
  remove(name: string): void;
}

export function createSecretAdmin(store: SecretStore): FakeGcpSecrets {
  return {
    put(name, value) {
      const secret = store.find(name) ?? store.create(name);
      return store.addVersion(secret, Buffer.from(value)).number;
    },
    createEmpty: (name) => void store.create(name),
    setState: (name, state, version = 'latest') => changeState(findVersion(store.get(name), version), state),
    setAlias: (name, alias, version) => void store.get(name).aliases.set(alias, version),
    remove: (name) => store.remove(name),
  };
}

/** What is destroyed is gone for ever. */
export function changeState(version: StoredVersion, state: VersionState): void {
  version.state = state;
  if (state === 'DESTROYED') version.value = new Uint8Array();
}
