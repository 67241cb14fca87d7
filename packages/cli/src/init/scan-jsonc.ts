// Where the members of an object stand in a text, which has been found to be JSON with comments by then.

export interface JsoncMember {
  readonly name: string;
  readonly nameStart: number;
  readonly valueStart: number;
  /** Behind its last character. */
  readonly valueEnd: number;
}

export interface JsoncObject {
  /** Of the opening bracket. */
  readonly open: number;
  /** Of the closing bracket. */
  readonly close: number;
  readonly members: readonly JsoncMember[];
  readonly endsWithComma: boolean;
}

/** @param from where the object begins, or blanks and comments before it */
export function scanObject(text: string, from: number): JsoncObject {
  const open = skipBlanks(text, from);
  if (text[open] !== '{') throw new Error('an object was expected');
  const members: JsoncMember[] = [];
  let endsWithComma = false;
  let offset = skipBlanks(text, open + 1);
  while (text[offset] === '"') {
    const nameStart = offset;
    const nameEnd = skipString(text, nameStart);
    const valueStart = skipBlanks(text, skipBlanks(text, nameEnd) + 1);
    const valueEnd = skipValue(text, valueStart);
    const name = JSON.parse(text.slice(nameStart, nameEnd)) as string;
    members.push({ name, nameStart, valueStart, valueEnd });
    offset = skipBlanks(text, valueEnd);
    endsWithComma = text[offset] === ',';
    if (endsWithComma) offset = skipBlanks(text, offset + 1);
  }
  if (text[offset] !== '}') throw new Error('the end of an object was expected');
  return { open, close: offset, members, endsWithComma };
}

function skipValue(text: string, from: number): number {
  if (text[from] === '"') return skipString(text, from);
  if (text[from] !== '{' && text[from] !== '[') {
    return from + (/^[\w.+-]+/.exec(text.slice(from))?.[0].length ?? 0);
  }
  let depth = 0;
  let offset = from;
  for (;;) {
    const character = text[offset];
    if (character === undefined) throw new Error('the end of a value was expected');
    if (character === '{' || character === '[') depth += 1;
    if (character === '}' || character === ']') depth -= 1;
    offset = character === '"' ? skipString(text, offset) : offset + 1;
    if (depth === 0) return offset;
    offset = skipBlanks(text, offset);
  }
}

function skipString(text: string, from: number): number {
  let offset = from + 1;
  while (offset < text.length && text[offset] !== '"') offset += text[offset] === '\\' ? 2 : 1;
  return offset + 1;
}

/** Past blanks and comments. */
function skipBlanks(text: string, from: number): number {
  const pattern = /(?:[ \t\r\n\uFEFF]+|\/\/[^\r\n]*|\/\*[\s\S]*?\*\/)*/y;
  pattern.lastIndex = from;
  return from + (pattern.exec(text)?.[0].length ?? 0);
}
