import { CoreV1Api, KubeConfig, RbacAuthorizationV1Api, type RbacV1Subject } from '@kubernetes/client-node';

/** One cluster, as somebody sees it who may make namespaces. Client-node's own client, as anybody would use it. */
export interface KubernetesAdmin {
  readonly server: string;
  /** Of the server's certificate, in PEM. */
  readonly ca: string | undefined;
  createNamespace(name: string): Promise<void>;
  /** With everything in it. */
  deleteNamespace(name: string): Promise<void>;
  putSecret(place: Place, data: Readonly<Record<string, string>>): Promise<void>;
  deleteSecret(place: Place): Promise<void>;
  /** An account of that name, and a role of that name with `get` and `watch` on the Secret of that name alone. */
  createReader(place: Place): Promise<void>;
  bindReader(place: Place): Promise<void>;
  unbindReader(place: Place): Promise<void>;
  /** Its tokens end with it. */
  deleteAccount(place: Place): Promise<void>;
  createAccount(place: Place): Promise<void>;
  /** For one hour. */
  createToken(place: Place): Promise<string>;
  /** What the API server answers to whoever reads the Secret with that token: 200, or a status. */
  statusOfRead(place: Place, token: string): Promise<number>;
}

export interface Place {
  readonly namespace: string;
  readonly name: string;
}

const GROUP = 'rbac.authorization.k8s.io';

export async function openKubernetesAdmin(kubeconfig: string): Promise<KubernetesAdmin> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const cluster = config.getCurrentCluster();
  if (!cluster) throw new Error('the kubeconfig in MHK_LIVE_KUBECONFIG has no current context');
  const core = config.makeApiClient(CoreV1Api);
  const rbac = config.makeApiClient(RbacAuthorizationV1Api);
  const tls: { ca?: Buffer | string } = {};
  await config.applyToHTTPSOptions(tls);

  return {
    server: cluster.server,
    ca: tls.ca?.toString(),
    createNamespace: async (name) => void (await core.createNamespace({ body: { metadata: { name } } })),
    deleteNamespace: (name) => ifThere(core.deleteNamespace({ name })),
    async putSecret({ namespace, name }, data) {
      const body = { metadata: { name }, data: { ...data } };
      const replacing = core.replaceNamespacedSecret({ namespace, name, body });
      await replacing.catch((error: unknown) => {
        if (statusOf(error) !== 404) throw error;
        return core.createNamespacedSecret({ namespace, body });
      });
    },
    deleteSecret: (place) => ifThere(core.deleteNamespacedSecret(place)),
    async createReader({ namespace, name }) {
      const rules = [
        { apiGroups: [''], resources: ['secrets'], resourceNames: [name], verbs: ['get', 'watch'] },
      ];
      await rbac.createNamespacedRole({ namespace, body: { metadata: { name }, rules } });
    },
    async bindReader({ namespace, name }) {
      const subjects: RbacV1Subject[] = [{ kind: 'ServiceAccount', name, namespace }];
      const roleRef = { apiGroup: GROUP, kind: 'Role', name };
      await rbac.createNamespacedRoleBinding({ namespace, body: { metadata: { name }, roleRef, subjects } });
    },
    unbindReader: (place) => ifThere(rbac.deleteNamespacedRoleBinding(place)),
    deleteAccount: (place) => ifThere(core.deleteNamespacedServiceAccount(place)),
    createAccount: async ({ namespace, name }) =>
      void (await core.createNamespacedServiceAccount({ namespace, body: { metadata: { name } } })),
    async createToken({ namespace, name }) {
      const body = { spec: { audiences: [], expirationSeconds: 3600 } };
      const { status } = await core.createNamespacedServiceAccountToken({ namespace, name, body });
      return status?.token ?? '';
    },
    async statusOfRead(place, token) {
      const reader = new KubeConfig();
      reader.loadFromClusterAndUser(cluster, { name: 'reader', token });
      try {
        await reader.makeApiClient(CoreV1Api).readNamespacedSecret(place);
        return 200;
      } catch (error) {
        return statusOf(error);
      }
    },
  };
}

async function ifThere(deleting: Promise<unknown>): Promise<void> {
  await deleting.catch((error: unknown) => {
    if (statusOf(error) !== 404) throw error;
  });
}

/** The message has every header and the whole body in it, so that it is not passed on. */
function statusOf(error: unknown): number {
  const { code } = error as { code?: unknown };
  if (typeof code === 'number') return code;
  throw new Error('the API server could not be reached by client-node');
}
