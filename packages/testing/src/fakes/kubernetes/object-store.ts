import { randomUUID } from 'node:crypto';

export interface ObjectMetadata {
  name: string;
  namespace?: string | undefined;
  uid: string;
  resourceVersion: string;
  creationTimestamp: string;
  managedFields?: readonly unknown[] | undefined;
  [name: string]: unknown;
}

/** An object of any kind, as it goes over the wire. */
export interface KubernetesObject {
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata: ObjectMetadata;
  readonly [name: string]: unknown;
}

export interface ObjectChange {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly plural: string;
  readonly object: KubernetesObject;
}

/** What a client sends: an object whose metadata the server has not filled in. */
export interface ObjectContent {
  readonly metadata: { readonly name: string } & Readonly<Record<string, unknown>>;
  readonly [name: string]: unknown;
}

/** Everything that etcd would hold, of every kind. Versions count upwards over all of them, as they do there. */
export interface ObjectStore {
  get(plural: string, namespace: string | undefined, name: string): KubernetesObject | undefined;
  /** Of one namespace, or of all. */
  list(plural: string, namespace?: string): readonly KubernetesObject[];
  /** Makes it, or replaces what is there. @param manager who did it, for `managedFields` */
  put(
    plural: string,
    namespace: string | undefined,
    content: ObjectContent,
    manager?: string,
  ): KubernetesObject;
  remove(plural: string, namespace: string | undefined, name: string): KubernetesObject | undefined;
  subscribe(listener: (change: ObjectChange) => void): () => void;
  readonly resourceVersion: string;
}

const FIRST_VERSION = 1000;

export function createObjectStore(wallMs: () => number): ObjectStore {
  const objects = new Map<string, KubernetesObject>();
  const listeners = new Set<(change: ObjectChange) => void>();
  let version = FIRST_VERSION;

  const now = (): string => new Date(wallMs()).toISOString().replace(/\.\d+Z$/, 'Z');

  function tell(type: ObjectChange['type'], plural: string, object: KubernetesObject): void {
    for (const listener of listeners) listener({ type, plural, object });
  }

  return {
    get: (plural, namespace, name) => objects.get(keyOf(plural, namespace, name)),
    list: (plural, namespace) =>
      [...objects]
        .filter(([key]) => key.startsWith(namespace === undefined ? `${plural}/` : `${plural}/${namespace}/`))
        .map(([, object]) => object),
    put(plural, namespace, content, manager = 'fake') {
      const key = keyOf(plural, namespace, content.metadata.name);
      const before = objects.get(key);
      version += 1;
      const object = {
        ...content,
        metadata: {
          ...content.metadata,
          ...(namespace !== undefined && { namespace }),
          uid: before?.metadata.uid ?? randomUUID(),
          resourceVersion: `${version}`,
          creationTimestamp: before?.metadata.creationTimestamp ?? now(),
          managedFields: manage(before, content, manager, now()),
        },
      } as unknown as KubernetesObject;
      objects.set(key, object);
      tell(before ? 'MODIFIED' : 'ADDED', plural, object);
      return object;
    },
    remove(plural, namespace, name) {
      const key = keyOf(plural, namespace, name);
      const object = objects.get(key);
      if (!object) return undefined;
      objects.delete(key);
      version += 1;
      const gone = { ...object, metadata: { ...object.metadata, resourceVersion: `${version}` } };
      tell('DELETED', plural, gone);
      return gone;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    get resourceVersion() {
      return `${version}`;
    },
  };
}

function keyOf(plural: string, namespace: string | undefined, name: string): string {
  return `${plural}/${namespace ?? ''}/${name}`;
}

/** Who wrote which key of `data` and when, as server-side apply keeps account of it; other fields are left out. */
function manage(
  before: KubernetesObject | undefined,
  content: ObjectContent,
  manager: string,
  time: string,
): readonly unknown[] {
  const [old, next] = [before?.['data'], content['data']].map(
    (data) => (data ?? {}) as Record<string, unknown>,
  );
  const changed = Object.keys(next ?? {}).filter((name) => next?.[name] !== old?.[name]);
  const kept = before?.metadata.managedFields ?? [];
  if (before && changed.length === 0) return kept;
  const fields = Object.fromEntries(Object.keys(next ?? {}).map((name) => [`f:${name}`, {}]));
  const entry = {
    manager,
    operation: 'Update',
    apiVersion: 'v1',
    time,
    fieldsType: 'FieldsV1',
    fieldsV1: { 'f:data': { '.': {}, ...fields } },
  };
  return [...kept.filter((one) => (one as { manager?: string }).manager !== manager), entry];
}
