import type { ReadPermission } from '@magic-hour-keys/core/author';
import type { KubernetesOptions } from './options.ts';

/** As in the README; undefined for a mounted Secret, which needs none. */
export function readPermission({
  name,
  namespace = 'NAMESPACE',
}: KubernetesOptions): ReadPermission | undefined {
  if (name === undefined) return undefined;
  return {
    name: 'get',
    policy: `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: ${name}-reader, namespace: ${namespace} }
rules:
  - apiGroups: ['']
    resources: ['secrets']
    resourceNames: ['${name}']
    verbs: ['get', 'watch']
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: ${name}-reader, namespace: ${namespace} }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: ${name}-reader }
subjects:
  - { kind: ServiceAccount, name: ACCOUNT, namespace: ${namespace} }`,
  };
}
