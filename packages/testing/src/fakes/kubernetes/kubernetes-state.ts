import { createIdentities, type Identities } from './identities.ts';
import { createObjectStore, type ObjectStore } from './object-store.ts';

export interface KubernetesState {
  readonly store: ObjectStore;
  readonly identities: Identities;
  readonly wallMs: () => number;
}

export function createKubernetesState(wallMs: () => number): KubernetesState {
  const store = createObjectStore(wallMs);
  /** A token of a service account ends with it. */
  const isThere = (user: string): boolean => {
    const [, namespace, name] = /^system:serviceaccount:([^:]+):(.+)$/.exec(user) ?? [];
    return name === undefined || store.get('serviceaccounts', namespace, name) !== undefined;
  };
  return { store, identities: createIdentities(wallMs, isThere), wallMs };
}
