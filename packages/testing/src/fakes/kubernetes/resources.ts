/** One kind of object, as discovery tells of it. */
export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly isNamespaced: boolean;
  readonly shortNames?: readonly string[] | undefined;
}

const RBAC = 'rbac.authorization.k8s.io';

/** As much as reading a Secret with a login of its own needs. */
export const RESOURCES: readonly Resource[] = [
  core('secrets', 'Secret', true),
  core('namespaces', 'Namespace', false, ['ns']),
  core('serviceaccounts', 'ServiceAccount', true, ['sa']),
  { group: RBAC, version: 'v1', plural: 'roles', singular: 'role', kind: 'Role', isNamespaced: true },
  {
    group: RBAC,
    version: 'v1',
    plural: 'rolebindings',
    singular: 'rolebinding',
    kind: 'RoleBinding',
    isNamespaced: true,
  },
];

const VERBS = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];

function core(plural: string, kind: string, isNamespaced: boolean, shortNames?: readonly string[]): Resource {
  return { group: '', version: 'v1', plural, singular: kind.toLowerCase(), kind, isNamespaced, shortNames };
}

export function apiVersionOf({ group, version }: Resource): string {
  return group === '' ? version : `${group}/${version}`;
}

/** The answers of discovery, by path: what kubectl asks for before it does anything. */
export function discover(path: string): unknown {
  if (path === '/version') return { major: '1', minor: '32', gitVersion: 'v1.32.0', platform: 'linux/amd64' };
  if (path === '/api') {
    return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
  }
  if (path === '/apis') {
    const version = { groupVersion: `${RBAC}/v1`, version: 'v1' };
    return {
      kind: 'APIGroupList',
      apiVersion: 'v1',
      groups: [{ name: RBAC, versions: [version], preferredVersion: version }],
    };
  }
  if (path === '/openapi/v3') return { paths: {} };
  const groupVersion = /^\/apis?\/(.+)$/.exec(path)?.[1];
  const resources = RESOURCES.filter((resource) => apiVersionOf(resource) === groupVersion);
  if (resources.length === 0) return undefined;
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion,
    resources: resources.map(({ plural, singular, kind, isNamespaced, shortNames }) => ({
      name: plural,
      singularName: singular,
      namespaced: isNamespaced,
      kind,
      verbs: VERBS,
      ...(shortNames && { shortNames }),
    })),
  };
}
