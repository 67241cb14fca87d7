import { createIdentities, type Identities } from './identities.ts';
import { createObjectStore, type ObjectStore } from './object-store.ts';

export interface KubernetesState {
  readonly store: ObjectStore;
  readonly identities: Identities;
  readonly wallMs: () => number;
}

export function createKubernetesState(wallMs: () => number): KubernetesState {
  return { store: createObjectStore(wallMs), identities: createIdentities(wallMs), wallMs };
}
