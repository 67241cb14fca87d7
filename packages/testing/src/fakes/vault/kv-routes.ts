import type { KvStore, KvVersion, SecretData } from './kv-store.ts';
import { envelope, NO_CONTENT, NOT_FOUND, refuse, type VaultAnswer } from './vault-answer.ts';

export interface KvRequest {
  readonly method: string;
  /** Below the mount, without a leading slash. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
}

const WRONG_ENGINE =
  'Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate API endpoints to use. If using the Vault CLI, use "vault kv get" for this operation.';

export function answerKv(store: KvStore, request: KvRequest): VaultAnswer {
  return store.engine === 1 ? answerVersion1(store, request) : answerVersion2(store, request);
}

function answerVersion1(store: KvStore, { method, path, query, body }: KvRequest): VaultAnswer {
  switch (method) {
    case 'GET': {
      if (query.has('list')) return list(store, path);
      const found = store.find(path);
      return found ? envelope({ data: found.data }) : NOT_FOUND;
    }
    case 'POST':
    case 'PUT':
      store.put(path, body);
      return NO_CONTENT;
    case 'DELETE':
      store.remove(path);
      return NO_CONTENT;
    default:
      return refuse(405, 'unsupported operation');
  }
}

function answerVersion2(store: KvStore, request: KvRequest): VaultAnswer {
  const [, part = '', name = ''] = /^([^/]+)\/(.*)$/.exec(request.path) ?? [];
  switch (part) {
    case 'data':
      return answerData(store, name, request);
    case 'metadata':
      return answerMetadata(store, name, request);
    case 'delete':
    case 'undelete':
    case 'destroy':
      return changeVersions(store, name, part, request.body['versions']);
    default:
      return envelope({ warnings: [WRONG_ENGINE] }, 404);
  }
}

function answerData(store: KvStore, name: string, { method, query, body }: KvRequest): VaultAnswer {
  switch (method) {
    case 'GET': {
      const found = store.find(name, Number(query.get('version') ?? 0));
      if (!found) return NOT_FOUND;
      const isGone = store.isDeleted(found);
      const data = isGone ? null : found.data;
      return envelope({ data: { data, metadata: describe(found) } }, isGone ? 404 : 200);
    }
    case 'POST':
    case 'PUT':
      return write(store, name, body);
    case 'DELETE': {
      const last = store.find(name);
      if (last) last.deletedMs = store.now();
      return NO_CONTENT;
    }
    default:
      return refuse(405, 'unsupported operation');
  }
}

/** `cas` is check-and-set: the version that the writer believes to be the last one. */
function write(store: KvStore, name: string, body: KvRequest['body']): VaultAnswer {
  const { data, options } = body as { data?: SecretData; options?: { cas?: number } };
  if (!data) return refuse(400, 'no data provided');
  const current = store.find(name)?.version ?? 0;
  if (options?.cas !== undefined && options.cas !== current) {
    return refuse(400, 'check-and-set parameter did not match the current version');
  }
  return envelope({ data: describe(store.put(name, data)) });
}

function answerMetadata(store: KvStore, name: string, { method, query }: KvRequest): VaultAnswer {
  if (method === 'DELETE') {
    store.remove(name);
    return NO_CONTENT;
  }
  if (query.has('list')) return list(store, name);
  const versions = store.versions(name);
  const [oldest, newest] = [versions[0], versions.at(-1)];
  if (!oldest || !newest) return NOT_FOUND;
  return envelope({
    data: {
      cas_required: false,
      created_time: timeOf(oldest.createdMs),
      updated_time: timeOf(newest.createdMs),
      current_version: newest.version,
      oldest_version: oldest.version,
      max_versions: 0,
      delete_version_after: '0s',
      custom_metadata: null,
      versions: Object.fromEntries(
        versions.map((entry) => {
          const { version, custom_metadata: _custom, ...rest } = describe(entry);
          return [version, rest];
        }),
      ),
    },
  });
}

function changeVersions(
  store: KvStore,
  name: string,
  change: 'delete' | 'undelete' | 'destroy',
  versions: unknown,
): VaultAnswer {
  for (const version of Array.isArray(versions) ? versions : []) {
    const found = store.find(name, Number(version));
    if (!found) continue;
    if (change === 'destroy') {
      found.destroyed = true;
      found.data = undefined;
    } else {
      found.deletedMs = change === 'undelete' ? undefined : store.now();
    }
  }
  return NO_CONTENT;
}

function list(store: KvStore, prefix: string): VaultAnswer {
  const keys = store.names(prefix);
  return keys.length > 0 ? envelope({ data: { keys } }) : NOT_FOUND;
}

interface VersionMetadata {
  readonly version: number;
  readonly created_time: string;
  readonly custom_metadata: null;
  readonly deletion_time: string;
  readonly destroyed: boolean;
}

function describe({ version, createdMs, deletedMs, destroyed }: KvVersion): VersionMetadata {
  return {
    version,
    created_time: timeOf(createdMs),
    custom_metadata: null,
    deletion_time: deletedMs === undefined ? '' : timeOf(deletedMs),
    destroyed,
  };
}

/** Go prints nanoseconds. */
function timeOf(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000001Z');
}
