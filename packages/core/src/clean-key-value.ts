import { KeyError } from './key-error.ts';

// Every client treats a bad character in its own way: fetch and node-fetch quote the whole key in the error they
// throw, axios drops the character and sends another key. So the value is cleaned and checked once, here, before any
// client sees it.

const SHORTEST = 16;
const LONGEST = 512;
/** RFC 6750 section 2.1, `b64token`. */
const BEARER_TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;
const TOKEN_CHARACTER = /[A-Za-z0-9._~+/-]/;
const OUTER_BLANKS = /^[ \t\r\n]+|[ \t\r\n]+$/g;
const PASTED_SCHEME = /^bearer[ \t]+/i;

/**
 * The key as it will be sent: UTF-8, without byte order mark, outer blanks, line ending or a pasted `Bearer `.
 *
 * @throws KeyError `invalid_key` for anything but 16 to 512 characters of RFC 6750's token alphabet, and for
 * placeholders. The message names the kind and the position of the problem, never the value.
 */
export function cleanKeyValue(
  raw: string | Uint8Array,
  where: { readonly source?: string | undefined; readonly location?: string | undefined } = {},
): string {
  const text = typeof raw === 'string' ? raw : decodeUtf8(raw);
  if (text === undefined) {
    throw invalidKey(where, NOT_UTF8);
  }
  const value = text
    .replace(/^\uFEFF/, '')
    .replace(OUTER_BLANKS, '')
    .replace(PASTED_SCHEME, '');
  const problem = findProblem(value);
  if (problem) throw invalidKey(where, problem);
  return value;
}

interface Problem {
  readonly message: string;
  readonly hint: string;
}

const NOT_UTF8: Problem = {
  message: 'the stored value is not UTF-8 text',
  hint: 'Save it as UTF-8, without any other encoding around it.',
};

function findProblem(value: string): Problem | undefined {
  if (value === '') {
    return { message: 'the stored value is empty', hint: 'Store the key from the Magic Hour Developer Hub.' };
  }
  if (/^[{[]/.test(value)) {
    return {
      message: 'the stored value is JSON, not a key',
      hint: 'Name the member that holds the key with the option `field`, or store the key alone.',
    };
  }
  if (isPlaceholder(value)) {
    return {
      message: 'the stored value is a placeholder',
      hint: 'Replace it with a real key from the Magic Hour Developer Hub.',
    };
  }
  return findBadCharacter(value) ?? findBadLength(value);
}

function findBadCharacter(value: string): Problem | undefined {
  if (BEARER_TOKEN.test(value)) return undefined;
  const at = [...value].findIndex((character) => !TOKEN_CHARACTER.test(character));
  const kind = kindOf([...value][at] ?? '');
  return {
    message: `the stored value has ${kind} at position ${at + 1}, which no key has`,
    hint: 'Copy the key again from the Magic Hour Developer Hub and store it alone, without quotes or blanks.',
  };
}

function findBadLength({ length }: string): Problem | undefined {
  if (length >= SHORTEST && length <= LONGEST) return undefined;
  return {
    message: `the stored value has ${length} characters; a key has ${SHORTEST} to ${LONGEST}`,
    hint: 'Check that the whole key, and nothing else, is stored.',
  };
}

function kindOf(character: string): string {
  if (/[\r\n]/.test(character)) return 'a line break';
  if (/[ \t]/.test(character)) return 'a blank';
  if (/["'`]/.test(character)) return 'a quote';
  // "=" is allowed at the end alone, so one that was found stands before something else.
  if (character === '=') return 'an equals sign before the end';
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20 || code === 0x7f) return 'a control character';
  return code > 0x7e ? 'a character outside of ASCII' : 'a punctuation mark';
}

/** What people leave in example files. A real key is random, so it has a digit and none of these words. */
function isPlaceholder(value: string): boolean {
  if (/^<.*>$|^\$\{.*\}$|^\$[A-Z_]+$|^[.*…]+$/.test(value)) return true;
  const body = value.replace(/^mhk_[a-z]+_/, '');
  if (/^(.)\1{3,}$/.test(body)) return true;
  return /^[A-Za-z_. -]+$/.test(value) && PLACEHOLDER_WORDS.test(value);
}

const PLACEHOLDER_WORDS =
  /your|place.?holder|change.?(me|this|it)|replace|insert|paste|example|dummy|sample|(api|secret).?key|key.?here|todo/i;

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function invalidKey(
  where: { readonly source?: string | undefined; readonly location?: string | undefined },
  problem: Problem,
): KeyError {
  return new KeyError({ code: 'invalid_key', ...where, ...problem });
}
