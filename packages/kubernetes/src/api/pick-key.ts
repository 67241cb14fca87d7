import { KeyError, type KeyReading } from '@magic-hour-keys/core';
import { selectField } from '@magic-hour-keys/core/author';
import { createRefusal } from '../kubernetes-refusal.ts';
import { listMember, member, textMember } from '../member.ts';
import type { ApiSettings } from '../options.ts';

/**
 * The key out of a Secret as the API server gives it.
 *
 * @throws KeyError `not_found` for no such key of `data`, `invalid_config` where none is named and there are several;
 * KubernetesRefusal for what is no Secret
 */
export function pickKey(secret: unknown, settings: ApiSettings): KeyReading {
  const metadata = member(secret, 'metadata');
  const version = textMember(metadata, 'resourceVersion');
  // For an answer that is none, client-node gives an empty Secret.
  if (version === undefined) throw createRefusal({ status: 200, reason: 'Malformed' });
  const { name, encoded } = pickEntry(member(secret, 'data'), settings);
  const bytes = Buffer.from(encoded, 'base64');
  const where = { source: 'kubernetes', location: settings.location };
  return {
    value: settings.field === undefined ? bytes : selectField(bytes.toString('utf8'), settings.field, where),
    version,
    createdAt: changedAt(metadata, name),
  };
}

function pickEntry(data: unknown, settings: ApiSettings): { name: string; encoded: string } {
  const names = Object.keys(data ?? {});
  const name = settings.key ?? names[0];
  const encoded = name === undefined ? undefined : member(data, name);
  const isClear = settings.key !== undefined || names.length === 1;
  if (name !== undefined && typeof encoded === 'string' && isClear) return { name, encoded };
  // Names are not told: somebody may have stored the key as a name.
  const isMissing = settings.key !== undefined || names.length === 0;
  throw new KeyError({
    code: isMissing ? 'not_found' : 'invalid_config',
    source: 'kubernetes',
    location: settings.location,
    message:
      settings.key === undefined
        ? `the Secret has ${names.length} keys`
        : `no key of the Secret has that name (it has ${names.length})`,
    hint: isMissing
      ? `Correct \`key\`, or write the key; those there are: kubectl describe secret ${settings.name}`
      : 'Name the one that holds the key with the option `key`.',
  });
}

/**
 * When this key of `data` was written last, as far as the API server keeps account of it; else when the Secret was
 * made, which a change of its content does not touch.
 */
function changedAt(metadata: unknown, name: string): Date | undefined {
  const times = listMember(metadata, 'managedFields')
    .filter((entry) => owns(entry, name))
    .map((entry) => dateOf(member(entry, 'time'))?.getTime() ?? NaN)
    .filter((ms) => !Number.isNaN(ms));
  if (times.length > 0) return new Date(Math.max(...times));
  return dateOf(member(metadata, 'creationTimestamp'));
}

function owns(entry: unknown, name: string): boolean {
  const fields = member(entry, 'fieldsV1');
  return ['f:data', 'f:stringData'].some((part) => member(member(fields, part), `f:${name}`) !== undefined);
}

/** client-node has made dates of them; a client of another kind may not. */
function dateOf(value: unknown): Date | undefined {
  const date = value instanceof Date ? value : typeof value === 'string' ? new Date(value) : undefined;
  return date && !Number.isNaN(date.getTime()) ? date : undefined;
}
