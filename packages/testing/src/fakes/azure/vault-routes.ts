import type { RecordedRequest } from '../../request-log.ts';
import { refusal } from './azure-refusal.ts';
import { json, type AzureAnswer } from './azure-answer.ts';
import type { SecretStore, StoredVersion, VersionSettings } from './secret-store.ts';

/** A request as Key Vault understands it. */
export interface VaultCall {
  readonly operation: VaultOperation;
  readonly name: string;
  readonly version: string | undefined;
}

export type VaultOperation =
  | 'GetSecret'
  | 'GetSecretVersions'
  | 'SetSecret'
  | 'UpdateSecret'
  | 'DeleteSecret'
  | 'GetDeletedSecret'
  | 'RecoverDeletedSecret'
  | 'PurgeDeletedSecret';

const PAGE_SIZE = 25;
const NAME = /^[0-9A-Za-z-]{1,127}$/;

/** learn.microsoft.com/rest/api/keyvault/secrets/operation-groups; undefined for a path that is none of them. */
export function parseVaultCall({
  method,
  path,
}: Pick<RecordedRequest, 'method' | 'path'>): VaultCall | undefined {
  const { pathname } = new URL(path, 'https://vault.invalid');
  const [, kind, name, version, rest] = pathname.split('/').map(decodeURIComponent);
  if ((kind !== 'secrets' && kind !== 'deletedsecrets') || name === undefined || rest) return undefined;
  const operation = operationOf(`${method} ${kind}`, version);
  return operation && { operation, name, version: version === '' ? undefined : version };
}

function operationOf(route: string, last: string | undefined): VaultOperation | undefined {
  switch (route) {
    case 'GET secrets':
      return last === 'versions' ? 'GetSecretVersions' : 'GetSecret';
    case 'PUT secrets':
      return 'SetSecret';
    case 'PATCH secrets':
      return 'UpdateSecret';
    case 'DELETE secrets':
      return 'DeleteSecret';
    case 'GET deletedsecrets':
      return 'GetDeletedSecret';
    case 'POST deletedsecrets':
      return last === 'recover' ? 'RecoverDeletedSecret' : undefined;
    case 'DELETE deletedsecrets':
      return 'PurgeDeletedSecret';
    default:
      return undefined;
  }
}

/** @throws AzureRefusal as Key Vault would answer. */
export function answerVaultCall(
  { operation, name, version }: VaultCall,
  { store, origin, request }: { store: SecretStore; origin: string; request: RecordedRequest },
): AzureAnswer {
  if (!NAME.test(name))
    throw refusal(400, 'BadParameter', `The request URI contains an invalid name: ${name}`);
  const bundle = (stored: StoredVersion, withValue: boolean): object =>
    toBundle(stored, `${origin}/secrets/${name}`, withValue);
  switch (operation) {
    case 'GetSecret': {
      const found = store.get(name, version);
      if (!found.enabled) {
        throw refusal(
          403,
          'Forbidden',
          'Operation get is not allowed on a disabled secret.',
          'SecretDisabled',
        );
      }
      return json(bundle(found, true));
    }
    case 'GetSecretVersions':
      return answerList(store.list(name), { request, origin, name });
    case 'SetSecret': {
      const { value, ...settings } = parseBody(request.body);
      if (typeof value !== 'string') throw refusal(400, 'BadParameter', 'The parameter value is missing.');
      return json(bundle(store.put(name, value, settings), true));
    }
    case 'UpdateSecret':
      return json(bundle(store.update(name, version, parseBody(request.body)), false));
    case 'DeleteSecret':
      return json({ ...bundle(store.delete(name), false), recoveryId: `${origin}/deletedsecrets/${name}` });
    case 'GetDeletedSecret':
      return json({
        ...bundle(store.getDeleted(name), false),
        recoveryId: `${origin}/deletedsecrets/${name}`,
      });
    case 'RecoverDeletedSecret':
      return json(bundle(store.recover(name), false));
    case 'PurgeDeletedSecret':
      store.purge(name);
      return { status: 204, text: '', headers: {} };
  }
}

/** In pages, and in no order that anybody may count on: by their random ids. */
function answerList(
  versions: readonly StoredVersion[],
  { request, origin, name }: { request: RecordedRequest; origin: string; name: string },
): AzureAnswer {
  const start = Number(new URL(request.path, origin).searchParams.get('$skiptoken') ?? 0);
  const sorted = versions.toSorted((one, other) => one.id.localeCompare(other.id));
  const next = start + PAGE_SIZE;
  const url = `${origin}/secrets/${name}/versions?api-version=7.4&$skiptoken=${next}&maxresults=${PAGE_SIZE}`;
  return json({
    value: sorted.slice(start, next).map((stored) => toBundle(stored, `${origin}/secrets/${name}`, false)),
    nextLink: next < sorted.length ? url : null,
  });
}

function toBundle(stored: StoredVersion, base: string, withValue: boolean): object {
  const { id, value, enabled, createdSeconds, updatedSeconds, notBeforeSeconds, expiresSeconds } = stored;
  return {
    ...(withValue && { value }),
    ...(stored.contentType !== undefined && { contentType: stored.contentType }),
    id: `${base}/${id}`,
    attributes: {
      enabled,
      ...(notBeforeSeconds !== undefined && { nbf: notBeforeSeconds }),
      ...(expiresSeconds !== undefined && { exp: expiresSeconds }),
      created: createdSeconds,
      updated: updatedSeconds,
      recoveryLevel: 'Recoverable+Purgeable',
      recoverableDays: 90,
    },
    tags: stored.tags ?? {},
  };
}

function parseBody(text: string): VersionSettings & { readonly value?: unknown } {
  const body = JSON.parse(text === '' ? '{}' : text) as Record<string, unknown>;
  const { value, contentType, tags } = body;
  const attributes = { ...(body['attributes'] as object | undefined) } as Record<string, unknown>;
  const { enabled, nbf, exp } = attributes;
  return {
    value,
    enabled: typeof enabled === 'boolean' ? enabled : undefined,
    notBefore: typeof nbf === 'number' ? new Date(nbf * 1000) : undefined,
    expiresOn: typeof exp === 'number' ? new Date(exp * 1000) : undefined,
    contentType: typeof contentType === 'string' ? contentType : undefined,
    tags: tags as Record<string, string> | undefined,
  };
}
