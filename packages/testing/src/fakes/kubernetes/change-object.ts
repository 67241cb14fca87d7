import type { ApiCall } from './api-call.ts';
import type { KubernetesObject, ObjectContent, ObjectStore } from './object-store.ts';
import { apiVersionOf } from './resources.ts';
import {
  conflict,
  failure,
  notFound,
  success,
  UNKNOWN_FORMAT,
  type KubernetesAnswer,
  type ObjectName,
} from './status-answers.ts';

export interface Change {
  readonly call: ApiCall;
  readonly contentType: string;
  readonly body: string;
  /** For `managedFields`. */
  readonly manager: string;
}

/** POST, PUT, PATCH and DELETE of one object. */
export function changeObject(store: ObjectStore, change: Change): KubernetesAnswer {
  const { call, contentType, body } = change;
  const details = { name: call.name ?? '', kind: call.resource.plural };
  if (call.verb === 'delete') return deleteObject(store, call, details);
  // kubectl sends protobuf for kinds that it knows, and JSON to those who do not take it.
  if (!/json/.test(contentType)) return UNKNOWN_FORMAT;
  const content = parseObject(body);
  if (content === undefined) return failure(400, 'BadRequest', 'the object provided is unrecognized');
  if (call.verb === 'create') return createObject(store, change, content as ObjectContent);
  const before = store.get(call.resource.plural, call.namespace, details.name);
  if (!before) return notFound(details);
  return replaceObject(
    store,
    change,
    before,
    call.verb === 'update' ? content : patch(before, content, contentType),
  );
}

function createObject(
  store: ObjectStore,
  { call, manager }: Change,
  content: ObjectContent,
): KubernetesAnswer {
  const { plural } = call.resource;
  const details = { name: content.metadata.name, kind: plural };
  if (call.namespace !== undefined && !store.get('namespaces', undefined, call.namespace)) {
    return notFound({ name: call.namespace, kind: 'namespaces' });
  }
  if (store.get(plural, call.namespace, details.name)) {
    return failure(409, 'AlreadyExists', `${plural} "${details.name}" already exists`, details);
  }
  return success(store.put(plural, call.namespace, complete(call, content), manager), 201);
}

function replaceObject(
  store: ObjectStore,
  { call, manager }: Change,
  before: KubernetesObject,
  content: object | undefined,
): KubernetesAnswer {
  const details = { name: before.metadata.name, kind: call.resource.plural };
  if (!content)
    return failure(422, 'Invalid', 'the server rejected our request due to an error in our request', details);
  const wanted = content as ObjectContent;
  const { resourceVersion } = wanted.metadata;
  if (resourceVersion !== undefined && resourceVersion !== before.metadata.resourceVersion)
    return conflict(details);
  if (before['immutable'] === true && JSON.stringify(before['data']) !== JSON.stringify(wanted['data'])) {
    return failure(
      422,
      'Invalid',
      `Secret "${details.name}" is invalid: data: Forbidden: field is immutable when \`immutable\` is set`,
      details,
    );
  }
  return success(store.put(call.resource.plural, call.namespace, complete(call, wanted), manager));
}

function deleteObject(store: ObjectStore, call: ApiCall, details: ObjectName): KubernetesAnswer {
  const gone = store.remove(call.resource.plural, call.namespace, details.name);
  if (!gone) return notFound(details);
  if (details.kind === 'namespaces') removeAllIn(store, details.name);
  return success({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details });
}

function removeAllIn(store: ObjectStore, namespace: string): void {
  for (const plural of ['secrets', 'serviceaccounts', 'roles', 'rolebindings']) {
    for (const { metadata } of store.list(plural, namespace)) store.remove(plural, namespace, metadata.name);
  }
}

/** `stringData` is only for writing. */
function complete(
  { resource }: ApiCall,
  { stringData, ...content }: ObjectContent & { stringData?: unknown },
): ObjectContent {
  const given = Object.entries((stringData ?? {}) as Record<string, string>);
  const encoded = Object.fromEntries(
    given.map(([name, text]) => [name, Buffer.from(text).toString('base64')]),
  );
  const isSecret = resource.kind === 'Secret';
  return {
    ...(content as ObjectContent),
    kind: resource.kind,
    apiVersion: apiVersionOf(resource),
    ...(isSecret && {
      type: content['type'] ?? 'Opaque',
      data: { ...(content['data'] as object), ...encoded },
    }),
  };
}

function patch(before: KubernetesObject, change: object, contentType: string): object | undefined {
  return contentType.includes('json-patch') ? applyJsonPatch(before, change) : mergeInto(before, change);
}

/** RFC 7396; for what a Secret consists of, a strategic merge is the same. */
function mergeInto(target: unknown, change: unknown): object {
  const result: Record<string, unknown> = { ...(isObject(target) ? target : {}) };
  for (const [name, value] of Object.entries(change as object) as [string, unknown][]) {
    if (value === null) delete result[name];
    else result[name] = isObject(value) ? mergeInto(result[name], value) : value;
  }
  return result;
}

/** RFC 6902, of which `test`, `add`, `replace` and `remove` of members are enough. Undefined where a test fails. */
function applyJsonPatch(before: object, operations: unknown): object | undefined {
  const result = structuredClone(before);
  for (const operation of Array.isArray(operations) ? (operations as Record<string, unknown>[]) : []) {
    const names = String(operation['path'])
      .split('/')
      .slice(1)
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = names.pop() ?? '';
    const holder = names.reduce<unknown>((at, name) => (isObject(at) ? at[name] : undefined), result);
    if (!isObject(holder)) return undefined;
    if (operation['op'] === 'test' && holder[last] !== operation['value']) return undefined;
    if (operation['op'] === 'remove') delete holder[last];
    if (operation['op'] === 'add' || operation['op'] === 'replace') holder[last] = operation['value'];
  }
  return result;
}

/** Undefined for what is not JSON. */
export function parseObject(body: string): object | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
