import { createKvStore, type KvStore } from './kv-store.ts';
import type { LoginMethod } from './login-methods.ts';
import { createTokenStore, type TokenEntry, type TokenStore } from './token-store.ts';
import { DEFAULT_POLICY, type PolicyRule } from './vault-policies.ts';

/** Everything that belongs to one namespace. Paths have no leading and no trailing slash. */
export interface VaultNamespace {
  readonly mounts: Map<string, KvStore>;
  readonly logins: Map<string, LoginMethod>;
  readonly policies: Map<string, readonly PolicyRule[]>;
}

/** How Vault Agent or Vault Proxy behaves in front of the server. */
export interface AgentMode {
  /** Put on every request that has none of its own (`use_auto_auth_token`). */
  readonly token?: string | undefined;
  /** Requests without `X-Vault-Request: true` are refused (`require_request_header`). */
  readonly requiresRequestHeader?: boolean | undefined;
}

export interface Standby {
  /** Where the active node is, such as `https://vault-1.internal:8200`. */
  readonly activeOrigin: string;
  readonly status: number;
}

export interface VaultState {
  readonly wallMs: () => number;
  readonly tokens: TokenStore;
  readonly namespaces: Map<string, VaultNamespace>;
  readonly rootToken: TokenEntry;
  isSealed: boolean;
  /** Newer servers say "invalid token" of a token they do not know; older ones and OpenBao "permission denied". */
  namesInvalidTokens: boolean;
  standby: Standby | undefined;
  agent: AgentMode | undefined;
}

export function createVaultState(wallMs: () => number): VaultState {
  const tokens = createTokenStore(wallMs);
  return {
    wallMs,
    tokens,
    namespaces: new Map([['', createNamespace()]]),
    rootToken: tokens.create({ policies: ['root'] }, ''),
    isSealed: false,
    namesInvalidTokens: false,
    standby: undefined,
    agent: undefined,
  };
}

/** Made where it is missing. */
export function namespaceOf(state: VaultState, name: string): VaultNamespace {
  const found = state.namespaces.get(name) ?? createNamespace();
  state.namespaces.set(name, found);
  return found;
}

export function addMount(state: VaultState, namespace: string, path: string, engine: 1 | 2): KvStore {
  const store = createKvStore(engine, state.wallMs);
  namespaceOf(state, namespace).mounts.set(path, store);
  return store;
}

export interface FoundMount {
  /** Without a trailing slash. */
  readonly path: string;
  readonly store: KvStore;
  /** What is left of the path below the mount. */
  readonly rest: string;
}

/** The mount with the longest name that the path begins with. */
export function findMount({ mounts }: VaultNamespace, path: string): FoundMount | undefined {
  const [found] = [...mounts]
    .filter(([mount]) => path === mount || path.startsWith(`${mount}/`))
    .toSorted(([one], [other]) => other.length - one.length);
  if (!found) return undefined;
  const [mount, store] = found;
  return { path: mount, store, rest: path.slice(mount.length + 1) };
}

export function rulesOf({ policies }: VaultNamespace, entry: TokenEntry): readonly PolicyRule[] {
  return entry.policies.flatMap((name) => policies.get(name) ?? []);
}

function createNamespace(): VaultNamespace {
  return { mounts: new Map(), logins: new Map(), policies: new Map([['default', DEFAULT_POLICY]]) };
}
