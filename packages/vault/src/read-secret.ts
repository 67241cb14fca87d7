import { KeyError, type KeyReading } from '@magic-hour-keys/core';
import { selectField } from '@magic-hour-keys/core/author';
import { isObject, member } from './member.ts';
import type { VaultSettings } from './options.ts';
import type { SecretPlace } from './secret-place.ts';
import type { Ask } from './start-asking.ts';
import { encodePath } from './vault-path.ts';
import { createRefusal } from './vault-refusal.ts';

/** What Vault holds as one version. */
interface StoredVersion {
  readonly secret: object;
  /** Undefined with KV version 1. */
  readonly number: number | undefined;
  readonly metadata: unknown;
}

/** The newest version where none is named. @throws as `readVersion` does, and KeyError where there is no such member */
export async function readSecret(
  ask: Ask,
  place: SecretPlace,
  version: number | undefined,
  settings: VaultSettings,
): Promise<KeyReading> {
  const { secret, number, metadata } = await readVersion(ask, place, version);
  return {
    value: pickField(secret, settings),
    ...(number !== undefined && { version: `${number}`, sequence: number }),
    createdAt: dateIn(member(metadata, 'created_time')),
    // `delete_version_after` tells the end of a version in advance.
    expiresAt: dateIn(member(metadata, 'deletion_time')),
  };
}

/** @throws VaultRefusal with status 404 where there is none, with `reason` and `version` where it is deleted */
export async function readVersion(
  ask: Ask,
  { engine, mount, name }: SecretPlace,
  version: number | undefined,
): Promise<StoredVersion> {
  const path = encodePath(...mount, ...(engine === 2 ? ['data'] : []), ...name);
  const query = engine === 2 && version !== undefined ? `?version=${version}` : '';
  const data = member(await ask(path + query), 'data');
  const [secret, metadata] =
    engine === 2 ? [member(data, 'data'), member(data, 'metadata')] : [data, undefined];
  const number = member(metadata, 'version');
  if (isObject(secret) && engine === 1) return { secret, number: undefined, metadata };
  if (isObject(secret) && typeof number === 'number') return { secret, number, metadata };
  throw createRefusal({ status: 200, path: decodeURIComponent(path), reason: 'malformed' });
}

function pickField(secret: object, settings: VaultSettings): string {
  const where = { source: 'vault', location: settings.location };
  if (settings.field !== undefined) return selectField(JSON.stringify(secret), settings.field, where);
  const values: readonly unknown[] = Object.values(secret);
  const [only] = values;
  if (values.length === 1 && typeof only === 'string') return only;
  // Names of members are not told: somebody may have stored the key as a name.
  throw new KeyError({
    code: values.length === 0 ? 'not_found' : 'invalid_config',
    ...where,
    message:
      values.length === 1
        ? 'the only member of the secret is not text'
        : `the secret has ${values.length} members`,
    hint:
      values.length === 0
        ? `Write the key with: vault kv put ${settings.path} api_key=-`
        : 'Name the member that holds the key with the option `field`.',
  });
}

/** Go writes nanoseconds, and nothing where there is no such time. */
function dateIn(text: unknown): Date | undefined {
  if (typeof text !== 'string' || text === '') return undefined;
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
