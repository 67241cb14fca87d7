import { inspect } from 'node:util';

/**
 * - `raw`: as it is
 * - `fragment`: 10 characters or more of it
 * - `base64`, `base64url`: at any alignment, also broken into lines
 * - `hex`: also as `6d 68`, `\x6d\x68`, `%6d%68` or `0x6d, 0x68`
 * - `decimal`: byte by byte, as arrays of bytes are printed
 * - `percent`: as in a URL
 * - `escaped`: as in JSON or in source text, once or twice
 * - `unsearched`: there was more than could be searched, so nothing is proved
 */
export type LeakEncoding =
  | 'raw'
  | 'fragment'
  | 'base64'
  | 'base64url'
  | 'hex'
  | 'decimal'
  | 'percent'
  | 'escaped'
  | 'unsearched';

/** One way to look at a text, so that line breaks and separators do not hide an encoding. */
export type View = 'as-is' | 'without-blanks' | 'hex-digits' | 'numbers';

/** A text that gives a secret away. */
export interface Needle {
  readonly encoding: LeakEncoding;
  readonly view: View;
  readonly text: string;
}

/** As many characters of a secret as may not be told. */
const WINDOW = 10;
/** Encoded text is searched for windows at this distance, so 14 characters of the secret are enough to be found. */
const STEP = 5;
/** Below this an encoded piece is so short that it turns up by chance. */
const SHORTEST_PIECE = 6;
/** What every Magic Hour key begins with tells nothing, and another key's text may hold it. */
const PUBLIC_PREFIX = /^mhk_[a-z]+_/;

const WHOLE = { maxStringLength: null, breakLength: Infinity };

/** Everything that gives this secret away, the plainest first. */
export function findNeedles(secret: string): readonly Needle[] {
  const withoutPrefix = secret.replace(PUBLIC_PREFIX, '');
  const hidden = withoutPrefix.length < WINDOW ? secret : withoutPrefix;
  const pieces = windowsOf(hidden, STEP).filter(({ length }) => length >= SHORTEST_PIECE);
  return unique([
    { encoding: 'raw', view: 'as-is', text: secret },
    ...windowsOf(hidden, 1).map((text) => ({ encoding: 'fragment', view: 'as-is', text }) as const),
    ...[secret, ...pieces].flatMap(escapedNeedles),
    ...pieces.flatMap(byteNeedles),
  ]);
}

function windowsOf(text: string, step: number): string[] {
  if (text.length <= WINDOW) return [text];
  const windows: string[] = [];
  for (let at = 0; at + WINDOW <= text.length; at += step) windows.push(text.slice(at, at + WINDOW));
  return windows;
}

function escapedNeedles(text: string): Needle[] {
  const json = JSON.stringify(text).slice(1, -1);
  const twice = JSON.stringify(json).slice(1, -1);
  const spellings = [json, twice, inspect(text, WHOLE).slice(1, -1), escapeUnicode(json)];
  const percent = percentEncode(text);
  return [
    ...spellings.map((spelling) => ({ encoding: 'escaped', view: 'as-is', text: spelling }) as const),
    { encoding: 'percent', view: 'as-is', text: percent },
    { encoding: 'percent', view: 'as-is', text: percent.replace(/%../g, (code) => code.toLowerCase()) },
    { encoding: 'percent', view: 'as-is', text: percent.replaceAll('%20', '+') },
  ];
}

function byteNeedles(piece: string): Needle[] {
  const bytes = Buffer.from(piece, 'utf8');
  return [
    ...[0, 1, 2].flatMap((before) => base64Needles(bytes, before)),
    { encoding: 'hex', view: 'hex-digits', text: bytes.toString('hex') },
    { encoding: 'decimal', view: 'numbers', text: `,${bytes.join(',')},` },
  ];
}

/** The base64 characters that these bytes alone decide when `before` bytes, modulo 3, stand in front of them. */
function base64Needles(bytes: Buffer, before: number): Needle[] {
  const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
  const first = Math.ceil((before * 8) / 6);
  const text = encoded.slice(first, Math.floor(((before + bytes.length) * 8) / 6));
  const url = text.replaceAll('+', '-').replaceAll('/', '_');
  return [
    { encoding: 'base64', view: 'without-blanks', text },
    { encoding: 'base64url', view: 'without-blanks', text: url },
  ];
}

function percentEncode(text: string): string {
  return Buffer.from(text, 'utf8')
    .toString('latin1')
    .replace(/[^A-Za-z0-9_.~-]/g, (char) => `%${hex(char, 2).toUpperCase()}`);
}

function escapeUnicode(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, (char) => `\\u${hex(char, 4)}`);
}

function hex(char: string, digits: number): string {
  return char.charCodeAt(0).toString(16).padStart(digits, '0');
}

/** The same text in the same view is looked for once, under the first name it was given. */
function unique(needles: readonly Needle[]): Needle[] {
  const byText = new Map<string, Needle>();
  for (const needle of needles) {
    const id = `${needle.view} ${needle.text}`;
    if (!byText.has(id)) byText.set(id, needle);
  }
  return [...byText.values()];
}
