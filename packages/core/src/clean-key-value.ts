import { KeyError } from './key-error.ts';
import type { Place } from './place.ts';

// Every client treats a bad character in its own way: fetch and node-fetch quote the whole key in the error they
// throw, axios drops the character and sends another key. So the value is cleaned and checked once, here, before any
// client sees it.

const SHORTEST = 16;
const LONGEST = 512;
/** RFC 6750 section 2.1, `b64token`. */
const BEARER_TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;
const FOREIGN_CHARACTER = /[^A-Za-z0-9._~+/-]/;
const PASTED_SCHEME = /^bearer\s+/i;

/**
 * The key as it will be sent: UTF-8, without byte order mark, outer blanks, line ending or a pasted `Bearer `.
 *
 * @throws KeyError `invalid_key` for anything but 16 to 512 characters of RFC 6750's token alphabet, and for
 * placeholders. The message names the kind and the position of the problem, never the value.
 */
export function cleanKeyValue(raw: unknown, where: Partial<Place> = {}): string {
  // Sources are also written in JavaScript, so the type is checked rather than believed.
  const text = raw instanceof Uint8Array ? decodeUtf8(raw) : raw;
  if (typeof text !== 'string') {
    throw invalidKey(where, ['is not UTF-8 text', 'Store the key as UTF-8 text.']);
  }
  // What `trim` removes includes the byte order mark.
  const value = text.trim().replace(PASTED_SCHEME, '');
  const problem = findProblem(value);
  if (problem) throw invalidKey(where, problem);
  return value;
}

/** What is wrong, and what to do about it. */
type Problem = readonly [message: string, hint: string];

const FROM_HUB = 'from the Magic Hour Developer Hub.';

function findProblem(value: string): Problem | undefined {
  if (value === '') return ['is empty', `Store the key ${FROM_HUB}`];
  if (/^[{[]/.test(value)) {
    return ['is JSON, not a key', 'Name its member with the option `field`, or store the key alone.'];
  }
  if (isPlaceholder(value)) return ['is a placeholder', `Store a real key ${FROM_HUB}`];
  return findBadCharacter(value) ?? findBadLength(value);
}

function findBadCharacter(value: string): Problem | undefined {
  if (BEARER_TOKEN.test(value)) return undefined;
  const at = value.search(FOREIGN_CHARACTER);
  return [
    `has ${kindOf(value.charAt(at))} at position ${at + 1}`,
    `Store the key alone, as copied ${FROM_HUB}`,
  ];
}

function findBadLength({ length }: string): Problem | undefined {
  if (length >= SHORTEST && length <= LONGEST) return undefined;
  return [`has ${length} characters; a key has ${SHORTEST} to ${LONGEST}`, `Store the whole key ${FROM_HUB}`];
}

function kindOf(character: string): string {
  if (/[\r\n]/.test(character)) return 'a line break';
  if (/[ \t]/.test(character)) return 'a blank';
  if (/["'`]/.test(character)) return 'a quote';
  if (/[!-~]/.test(character)) return 'a punctuation mark';
  return character > '\x7F' ? 'a character outside of ASCII' : 'a control character';
}

/** What people leave in example files. */
function isPlaceholder(value: string): boolean {
  if (/^<.*>$|^\$\{.*\}$|^\$[A-Z_]+$|^[.*…]+$/.test(value)) return true;
  const body = value.replace(/^mhk_[a-z]+_/, '');
  if (/^(.)\1{3,}$/.test(body)) return true;
  return WRITTEN_WORDS.test(value) && PLACEHOLDER_WORDS.test(value);
}

/** Letters in the case that people write words in: the letters of a random key change case all the time. */
const WRITTEN_WORDS = /^(?:[A-Z]?[a-z]*|[A-Z]+)(?:[_. -](?:[A-Z]?[a-z]*|[A-Z]+))*$/;
const PLACEHOLDER_WORDS =
  /your|place.?holder|change.?me|replace|insert|paste|example|dummy|sample|api.?key|key.?here/i;

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function invalidKey(where: Partial<Place>, [message, hint]: Problem): KeyError {
  return new KeyError({ code: 'invalid_key', ...where, message: `the stored value ${message}`, hint });
}
