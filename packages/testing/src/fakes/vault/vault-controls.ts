import type { SecretData } from './kv-store.ts';
import {
  appRoleLogin,
  jwtLogin,
  kubernetesLogin,
  type AppRole,
  type JwtRole,
  type LoginMethod,
} from './login-methods.ts';
import type { TokenOptions } from './token-store.ts';
import type { PolicyRule } from './vault-policies.ts';
import {
  addMount,
  findMount,
  namespaceOf,
  type AgentMode,
  type FoundMount,
  type VaultState,
} from './vault-state.ts';

export interface InNamespace {
  /** Such as `"team-a"`. Default the root namespace. */
  readonly namespace?: string | undefined;
}

/** What a test changes about the server, as an operator would. */
export interface VaultControls {
  /** A token that may do everything. */
  readonly rootToken: string;
  /** @param path such as `"secret"` or `"team/kv"` */
  enableKv(path: string, engine: 1 | 2, where?: InNamespace): void;
  /** Writes a new version. @param path with the mount, such as `"secret/magic-hour"` @returns its number */
  writeSecret(
    path: string,
    data: SecretData,
    options?: InNamespace & { deleteAfterSeconds?: number },
  ): number;
  /** Soft-deletes a version, by default the last one. */
  deleteVersion(path: string, version?: number, where?: InNamespace): void;
  destroyVersion(path: string, version?: number, where?: InNamespace): void;
  /** The secret with all its versions. */
  removeSecret(path: string, where?: InNamespace): void;
  writePolicy(name: string, rules: readonly PolicyRule[], where?: InNamespace): void;
  createToken(options?: TokenOptions & InNamespace): string;
  revokeToken(token: string): void;
  /** All but the root token. */
  revokeAllTokens(): void;
  enableAppRole(role: AppRole, where?: InNamespace & { mount?: string }): void;
  enableKubernetes(role: JwtRole, where?: InNamespace & { mount?: string }): void;
  enableJwt(role: JwtRole, where?: InNamespace & { mount?: string }): void;
  seal(): void;
  unseal(): void;
  /** Every request is redirected to the active node. `undefined` ends it. @param status default 307 */
  standBy(activeOrigin: string | undefined, status?: number): void;
  /** Behaves as Vault Agent or Vault Proxy does; `undefined` ends it. */
  actAsAgent(mode: AgentMode | undefined): void;
  /** Whether an unknown token is called so, as newer versions do. Default false: "permission denied" for both. */
  nameInvalidTokens(yes: boolean): void;
}

export function createVaultControls(state: VaultState): VaultControls {
  function mountOf(path: string, { namespace = '' }: InNamespace = {}): FoundMount {
    const found = findMount(namespaceOf(state, namespace), path);
    if (!found) throw new Error(`no KV engine is mounted above ${path}; call enableKv first`);
    return found;
  }

  function enable(login: LoginMethod, mount: string, { namespace = '' }: InNamespace): void {
    namespaceOf(state, namespace).logins.set(mount, login);
  }

  return {
    rootToken: state.rootToken.id,
    enableKv: (path, engine, { namespace = '' } = {}) => void addMount(state, namespace, path, engine),
    writeSecret(path, data, options = {}) {
      const { store, rest } = mountOf(path, options);
      return store.put(rest, data, options.deleteAfterSeconds).version;
    },
    deleteVersion(path, version, where) {
      const { store, rest } = mountOf(path, where);
      const found = store.find(rest, version);
      if (found) found.deletedMs = state.wallMs();
    },
    destroyVersion(path, version, where) {
      const { store, rest } = mountOf(path, where);
      const found = store.find(rest, version);
      if (found) Object.assign(found, { destroyed: true, data: undefined });
    },
    removeSecret(path, where) {
      const { store, rest } = mountOf(path, where);
      store.remove(rest);
    },
    writePolicy: (name, rules, { namespace = '' } = {}) =>
      void namespaceOf(state, namespace).policies.set(name, rules),
    createToken: ({ namespace = '', ...options } = {}) => state.tokens.create(options, namespace).id,
    revokeToken: (token) => state.tokens.revoke(token),
    revokeAllTokens: () => state.tokens.revokeAll(state.rootToken.id),
    enableAppRole: (role, { mount = 'approle', ...where } = {}) => enable(appRoleLogin(role), mount, where),
    enableKubernetes: (role, { mount = 'kubernetes', ...where } = {}) =>
      enable(kubernetesLogin(role), mount, where),
    enableJwt: (role, { mount = 'jwt', ...where } = {}) => enable(jwtLogin(role), mount, where),
    seal: () => void (state.isSealed = true),
    unseal: () => void (state.isSealed = false),
    standBy: (activeOrigin, status = 307) =>
      void (state.standby = activeOrigin === undefined ? undefined : { activeOrigin, status }),
    actAsAgent: (mode) => void (state.agent = mode),
    nameInvalidTokens: (yes) => void (state.namesInvalidTokens = yes),
  };
}
