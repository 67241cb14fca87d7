import type { PolicyRule } from './access-rules.ts';
import { serviceAccount } from './identities.ts';
import type { KubernetesState } from './kubernetes-state.ts';

export interface TokenOptions {
  /** When it ends. Default never. */
  readonly seconds?: number | undefined;
  /** What it is. Default a random one. */
  readonly token?: string | undefined;
}

/** What a test changes about the cluster, as an operator would. */
export interface KubernetesControls {
  /** A token that may do everything. */
  readonly adminToken: string;
  createNamespace(name: string): void;
  /** Writes a Secret, or replaces its content. @param data text or bytes, not yet in base64 @returns its resourceVersion */
  putSecret(
    namespace: string,
    name: string,
    data: Readonly<Record<string, string | Uint8Array>>,
    more?: object,
  ): string;
  removeSecret(namespace: string, name: string): void;
  /** Another change of the Secret than of its content, as when somebody writes a label. */
  labelSecret(namespace: string, name: string, labels: Readonly<Record<string, string>>): void;
  createServiceAccount(namespace: string, name: string): void;
  /** Gives rules to a service account, in place of those that it has. */
  allow(namespace: string, account: string, rules: readonly PolicyRule[]): void;
  /** A token of a service account, as the kubelet asks for. It ends with the account. */
  createToken(namespace: string, account: string, options?: TokenOptions): string;
  revokeToken(token: string): void;
  /** From now on no token of this account is known, until `restore`. */
  suspend(namespace: string, account: string): void;
  restore(namespace: string, account: string): void;
}

export function createKubernetesControls({ store, identities }: KubernetesState): KubernetesControls {
  const admin = identities.issue({ user: 'admin', groups: ['system:masters', 'system:authenticated'] });

  return {
    adminToken: admin.token,
    createNamespace: (name) =>
      void store.put('namespaces', undefined, { kind: 'Namespace', apiVersion: 'v1', metadata: { name } }),
    putSecret(namespace, name, data, more = {}) {
      const before = store.get('secrets', namespace, name);
      const encoded = Object.entries(data).map(([key, value]) => [
        key,
        Buffer.from(value).toString('base64'),
      ]);
      const { metadata } = store.put('secrets', namespace, {
        kind: 'Secret',
        apiVersion: 'v1',
        ...more,
        metadata: { ...before?.metadata, name },
        type: 'Opaque',
        data: Object.fromEntries(encoded) as unknown,
      });
      return metadata.resourceVersion;
    },
    removeSecret: (namespace, name) => void store.remove('secrets', namespace, name),
    labelSecret(namespace, name, labels) {
      const before = store.get('secrets', namespace, name);
      if (before)
        store.put('secrets', namespace, { ...before, metadata: { ...before.metadata, labels } }, 'labeller');
    },
    createServiceAccount: (namespace, name) =>
      void store.put('serviceaccounts', namespace, {
        kind: 'ServiceAccount',
        apiVersion: 'v1',
        metadata: { name },
      }),
    allow(namespace, account, rules) {
      const apiVersion = 'rbac.authorization.k8s.io/v1';
      const metadata = { name: `${account}-rules` };
      store.put('roles', namespace, { kind: 'Role', apiVersion, metadata, rules });
      store.put('rolebindings', namespace, {
        kind: 'RoleBinding',
        apiVersion,
        metadata,
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: metadata.name },
        subjects: [{ kind: 'ServiceAccount', name: account, namespace }],
      });
    },
    createToken: (namespace, account, { seconds, token } = {}) =>
      identities.issue(serviceAccount(namespace, account), seconds, token).token,
    revokeToken: (token) => identities.revoke(token),
    suspend: (namespace, account) => identities.suspend(serviceAccount(namespace, account).user, true),
    restore: (namespace, account) => identities.suspend(serviceAccount(namespace, account).user, false),
  };
}
