import { isExampleKey, KEY_SHAPE } from '../key-shape.ts';
import { formsOf } from '../secret-forms.ts';

/** A key that stands somewhere. The key itself is not in here. */
export interface FoundKey {
  /** Of the first byte. */
  readonly at: number;
  readonly last4: string;
  /** Whether it is the key in use, rather than something of its shape. */
  readonly isCurrent: boolean;
}

export type KeyFinder = (bytes: Buffer) => readonly FoundKey[];

const SHAPE = new RegExp(KEY_SHAPE, 'y');
const SHAPE_BEGINS = Buffer.from('mhk_');
const LONGEST = 600;
/** Bundlers and Windows write texts in two bytes each. */
const WIDE_BEGINS = Buffer.from('mhk_', 'utf16le');

/** Looks for keys by their shape and, where it is known, for the current one by its value in any encoding. */
export function createKeyFinder(current: string | undefined): KeyFinder {
  const forms = current === undefined ? [] : formsOf(current);
  const wide = current === undefined ? [] : [Buffer.from(current, 'utf16le')];
  const values = [...forms.map((form) => Buffer.from(form)), ...wide];
  const last4 = current?.slice(-4) ?? '';
  return (bytes) => {
    const found = new Map<number, FoundKey>();
    for (const at of positionsOf(SHAPE_BEGINS, bytes))
      noteShape(bytes.toString('latin1', at, at + LONGEST), at);
    for (const at of positionsOf(WIDE_BEGINS, bytes))
      noteShape(bytes.toString('utf16le', at, at + 2 * LONGEST), at);
    for (const value of values) {
      for (const at of positionsOf(value, bytes)) found.set(at, { at, last4, isCurrent: true });
    }
    return [...found.values()].toSorted((one, other) => one.at - other.at);

    function noteShape(text: string, at: number): void {
      SHAPE.lastIndex = 0;
      const [key] = SHAPE.exec(text) ?? [];
      if (key !== undefined && !isExampleKey(key))
        found.set(at, { at, last4: key.slice(-4), isCurrent: false });
    }
  };
}

function* positionsOf(part: Buffer, bytes: Buffer): Generator<number> {
  for (let at = bytes.indexOf(part); at >= 0; at = bytes.indexOf(part, at + 1)) yield at;
}
