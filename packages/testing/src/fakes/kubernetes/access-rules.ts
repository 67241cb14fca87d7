import type { ApiCall } from './api-call.ts';
import type { Identity } from './identities.ts';
import type { KubernetesObject, ObjectStore } from './object-store.ts';
import { failure, type KubernetesAnswer } from './status-answers.ts';

/** A rule of a Role. */
export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[] | undefined;
  readonly verbs: readonly string[];
}

/** A rule with names holds for a list or a watch only where the field selector names one of them. */
export function isAllowed(store: ObjectStore, { user, groups }: Identity, call: ApiCall): boolean {
  if (groups.includes('system:masters')) return true;
  const { namespace } = call;
  if (namespace === undefined) return false;
  return store
    .list('rolebindings', namespace)
    .filter((binding) => subjectsOf(binding).includes(user))
    .map((binding) => (binding['roleRef'] as { name: string }).name)
    .flatMap((role) => rulesOf(store.get('roles', namespace, role)))
    .some((rule) => covers(rule, call));
}

export function forbid({ user }: Identity, call: ApiCall): KubernetesAnswer {
  const { verb, resource, namespace, name } = call;
  const { group, plural } = resource;
  const what = `${plural}${name === undefined ? '' : ` "${name}"`} is forbidden`;
  const place = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const message = `${what}: User "${user}" cannot ${verb} resource "${plural}" in API group "${group}" ${place}`;
  return failure(403, 'Forbidden', message, { name: name ?? '', kind: plural });
}

function covers(rule: PolicyRule, { verb, resource, name, selectedName }: ApiCall): boolean {
  const { apiGroups, resources, resourceNames = [], verbs } = rule;
  const wanted = name ?? selectedName;
  return (
    has(apiGroups, resource.group) &&
    has(resources, resource.plural) &&
    has(verbs, verb) &&
    (resourceNames.length === 0 || (wanted !== undefined && resourceNames.includes(wanted)))
  );
}

function has(list: readonly string[], item: string): boolean {
  return list.includes('*') || list.includes(item);
}

function rulesOf(role: KubernetesObject | undefined): readonly PolicyRule[] {
  return (role?.['rules'] ?? []) as readonly PolicyRule[];
}

function subjectsOf(binding: KubernetesObject): readonly string[] {
  const subjects = (binding['subjects'] ?? []) as readonly {
    kind: string;
    name: string;
    namespace?: string;
  }[];
  return subjects.map(({ kind, name, namespace }) =>
    kind === 'ServiceAccount' ? `system:serviceaccount:${namespace}:${name}` : name,
  );
}
