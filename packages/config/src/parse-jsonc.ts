import { below, createProblemList, type ConfigProblem, type ProblemList } from './problem.ts';
import { looksLikeKey, TAKE_OUT } from './show-name.ts';

// JSON with comments and trailing commas. It is written here, because the usual parser is published in a form that
// esbuild bundles into code that fails when it runs (microsoft/node-jsonc-parser#57), and because it must name
// duplicate members, bound the depth, and never quote the text.

/** Far more than any configuration needs; it bounds the recursion here and in everything that walks the result. */
export const DEEPEST = 32;

export interface ParsedText {
  /** Undefined where the text is not JSON. Objects have no prototype, so that `__proto__` is a name like any other. */
  readonly value: unknown;
  readonly problems: readonly ConfigProblem[];
}

export function parseJsonc(text: string): ParsedText {
  const problems = createProblemList();
  const cursor: Cursor = { text, problems, offset: 0, expected: undefined };
  try {
    const value = readValue(cursor, '', 1);
    if (peek(cursor) !== '') fail(cursor, 'expected the end of the file');
    return { value, problems: problems.all };
  } catch (error) {
    if (cursor.expected === undefined) throw error;
    problems.add('', `${describePosition(cursor)}: ${cursor.expected}`);
    return { value: undefined, problems: problems.all };
  }
}

interface Cursor {
  readonly text: string;
  readonly problems: ProblemList;
  offset: number;
  /** Set where the text is wrong: what should stand at the offset. */
  expected: string | undefined;
}

function fail(cursor: Cursor, expected: string): never {
  cursor.expected = expected;
  throw new SyntaxError('not JSON');
}

function readValue(cursor: Cursor, pointer: string, depth: number): unknown {
  if (depth > DEEPEST) fail(cursor, `expected at most ${DEEPEST} levels`);
  switch (peek(cursor)) {
    case '{':
      return readObject(cursor, pointer, depth);
    case '[':
      return readArray(cursor, pointer, depth);
    case '"':
      return readString(cursor);
    default:
      return readNumber(cursor) ?? readWord(cursor);
  }
}

function readObject(cursor: Cursor, pointer: string, depth: number): unknown {
  const object: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  cursor.offset += 1;
  while (peek(cursor) !== '}') {
    if (peek(cursor) !== '"') fail(cursor, 'expected a name in double quotes, or }');
    const name = readString(cursor);
    const place = below(pointer, name);
    if (peek(cursor) !== ':') fail(cursor, 'expected a colon');
    cursor.offset += 1;
    // JSON.parse takes the last of two equal names, other parsers the first: nobody can tell which was meant.
    if (Object.hasOwn(object, name)) cursor.problems.add(place, 'is there twice');
    object[name] = readValue(cursor, place, depth + 1);
    if (!readComma(cursor, '}')) break;
  }
  cursor.offset += 1;
  return object;
}

function readArray(cursor: Cursor, pointer: string, depth: number): unknown {
  const items: unknown[] = [];
  cursor.offset += 1;
  while (peek(cursor) !== ']') {
    items.push(readValue(cursor, below(pointer, items.length), depth + 1));
    if (!readComma(cursor, ']')) break;
  }
  cursor.offset += 1;
  return items;
}

/** False at the closing bracket. */
function readComma(cursor: Cursor, close: string): boolean {
  const next = peek(cursor);
  if (next === close) return false;
  if (next !== ',') fail(cursor, `expected a comma, or ${close}`);
  cursor.offset += 1;
  return true;
}

function readString(cursor: Cursor): string {
  const { text, offset } = cursor;
  let end = offset + 1;
  while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
  try {
    const value = JSON.parse(text.slice(offset, end + 1)) as string;
    cursor.offset = end + 1;
    return value;
  } catch {
    return fail(cursor, 'expected a string on one line, in double quotes, with JSON escapes');
  }
}

function readNumber(cursor: Cursor): number | undefined {
  const found = match(cursor, /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])/y);
  return found === undefined ? undefined : Number(found);
}

function readWord(cursor: Cursor): boolean | null {
  const word = match(cursor, /(?:true|false|null)(?![\w.+-])/y);
  if (word === undefined) fail(cursor, 'expected a JSON value');
  return word === 'null' ? null : word === 'true';
}

function match(cursor: Cursor, pattern: RegExp): string | undefined {
  pattern.lastIndex = cursor.offset;
  const found = pattern.exec(cursor.text)?.[0];
  if (found !== undefined) cursor.offset += found.length;
  return found;
}

/** The next character that is neither blank nor comment; `""` at the end. */
function peek(cursor: Cursor): string {
  for (;;) {
    match(cursor, /[ \t\r\n]+/y);
    if (!cursor.text.startsWith('/', cursor.offset)) return cursor.text[cursor.offset] ?? '';
    skipComment(cursor);
  }
}

function skipComment(cursor: Cursor): void {
  const { text, offset } = cursor;
  const isBlock = text.startsWith('/*', offset);
  if (!isBlock && !text.startsWith('//', offset)) fail(cursor, 'expected a JSON value');
  const end = isBlock
    ? text.indexOf('*/', offset + 2) + 2
    : offset + (/^[^\r\n]*/.exec(text.slice(offset))?.[0].length ?? 0);
  if (isBlock && end === 1) fail(cursor, 'expected the comment to end with */');
  if (looksLikeKey(text.slice(offset, end))) {
    cursor.problems.add(
      '',
      `${describePosition(cursor)}: this comment holds what looks like an API key; ${TAKE_OUT}`,
    );
  }
  cursor.offset = end;
}

function describePosition({ text, offset }: Cursor): string {
  const lines = text.slice(0, offset).split(/\r\n?|\n/);
  return `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
}
