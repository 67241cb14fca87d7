import { KeyError, type KeyErrorCode } from '../index.ts';
import type { KeyPlace } from './key-place.ts';

/**
 * The key out of a secret that may hold more than the key.
 *
 * @param field undefined: the text itself is the key. `"apiKey"`: the member of that name. `"magicHour.apiKey"`: the
 * member of that whole name, or else the path. `"/magicHour/apiKey"`: a JSON pointer (RFC 6901). Numbers index arrays.
 * @throws KeyError `invalid_key` when the text is not a JSON object or the member is not a string, `not_found` when
 * there is no such member, `invalid_config` for an empty field. The message names pointer, type and length only.
 */
export function selectField(text: string, field: string | undefined, where?: KeyPlace): string;
/** Bytes are UTF-8 where a member is to be found in them, and passed on as they are otherwise. */
export function selectField(
  stored: string | Uint8Array,
  field: string | undefined,
  where?: KeyPlace,
): string | Uint8Array;
export function selectField(
  stored: string | Uint8Array,
  field: string | undefined,
  where: KeyPlace = {},
): string | Uint8Array {
  if (field === undefined) return stored;
  if (field === '') throw emptyField(where);
  const document = parseDocument(typeof stored === 'string' ? stored : decode(stored, where), field, where);
  let value: unknown = document;
  let pointer = '';
  for (const name of pathOf(document, field)) {
    const parent = value;
    const at = pointer;
    pointer += `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    value = ownMember(parent, name);
    if (value === undefined) throw absent(pointer, at, parent, where);
  }
  if (typeof value === 'string') return value;
  throw fail('invalid_key', where, {
    message: `the stored JSON has ${describe(value)} at ${pointer}; a key is a string`,
    hint: 'Name the member that holds the key itself with the option `field`.',
  });
}

function decode(bytes: Uint8Array, where: KeyPlace): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw fail('invalid_key', where, {
      message: 'the stored bytes are not UTF-8 text, so they have no members',
      hint: 'Store JSON; or, if the key is stored alone, leave the option `field` out.',
    });
  }
}

/** JSON.parse quotes its input in its message, a short one whole, so that message stops here. */
function parseDocument(text: string, field: string, where: KeyPlace): object {
  let document: unknown;
  try {
    document = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw fail('invalid_key', where, {
      message: `the stored value is not JSON (${count(text.length, 'character')}), so it has no member "${field}"`,
      hint: 'Store a JSON object with that member; or, if the key is stored alone, leave the option `field` out.',
    });
  }
  if (typeof document === 'object' && document !== null) return document;
  throw fail('invalid_key', where, {
    message: `the stored JSON is ${describe(document)}, so it has no member "${field}"`,
    hint: 'Store a JSON object with that member; or, if the key is stored alone, leave the option `field` out.',
  });
}

function pathOf(document: object, field: string): readonly string[] {
  if (ownMember(document, field) !== undefined) return [field];
  if (!field.startsWith('/')) return field.split('.');
  return field
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Own members alone: `constructor` and `length` are not fields of a secret. JSON has no undefined. */
function ownMember(parent: unknown, name: string): unknown {
  if (typeof parent !== 'object' || parent === null) return undefined;
  if (Array.isArray(parent) && !/^(0|[1-9]\d*)$/.test(name)) return undefined;
  return Object.hasOwn(parent, name) ? Reflect.get(parent, name) : undefined;
}

function absent(pointer: string, at: string, parent: unknown, where: KeyPlace): KeyError {
  return fail('not_found', where, {
    message: `the stored JSON has no ${pointer}: ${at === '' ? 'it' : at} is ${describe(parent)}`,
    hint: 'Check the option `field` against the names in the stored secret; they are case-sensitive.',
  });
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return `a string of ${count(value.length, 'character')}`;
  if (Array.isArray(value)) return `an array of ${count(value.length, 'item')}`;
  if (typeof value === 'object') return `an object with ${count(Object.keys(value).length, 'member')}`;
  return `a ${typeof value}`;
}

function count(amount: number, what: string): string {
  return `${amount} ${what}${amount === 1 ? '' : 's'}`;
}

function emptyField(where: KeyPlace): KeyError {
  return fail('invalid_config', where, {
    message: 'the option `field` is empty',
    hint: 'Name the member that holds the key, or leave `field` out if the key is stored alone.',
  });
}

function fail(code: KeyErrorCode, where: KeyPlace, text: { message: string; hint: string }): KeyError {
  return new KeyError({ code, source: where.source, location: where.location, ...text });
}
