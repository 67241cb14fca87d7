import { findNeedles } from './encodings.ts';
import type { LeakEncoding, Needle, View } from './encodings.ts';

/** Where a text gives a secret away; without the secret itself. */
export interface TextLeak {
  readonly encoding: LeakEncoding;
  /** The offset in the text, in UTF-16 units. */
  readonly at: number;
  /** Which of the secrets, counted from 0. */
  readonly secretIndex: number;
}

/** What is taken out of a text before an encoding is looked for in it, and what stands there instead. */
const TAKEN_OUT: Readonly<Record<View, readonly [pattern: RegExp, instead: string] | undefined>> = {
  'as-is': undefined,
  'without-blanks': [/(?:\s|\\[nrt])+/g, ''],
  'hex-digits': [/(?:\\x|\\u00|0x|[\s%:,\\-])+/gi, ''],
  // Separators, and the names of the members in {"0":109,"1":104}.
  numbers: [/(?:[\s,[\](){}]|"?\d{1,9}"?:)+/g, ','],
};

/**
 * Looks for the secrets in every encoding, and for any 10 characters of one. Each encoding is reported once for each
 * secret.
 *
 * @throws TypeError when there is nothing to look for, because an empty answer would prove nothing.
 */
export function searchText(text: string, secrets: readonly string[]): readonly TextLeak[] {
  return createSearch(secrets)(text);
}

/** For many texts: prepares the search once. @throws TypeError as `searchText` does. */
export function createSearch(secrets: readonly string[]): (text: string) => readonly TextLeak[] {
  if (secrets.length === 0) throw new TypeError('no secret was given to look for');
  for (const secret of secrets) {
    if (typeof secret !== 'string' || secret === '')
      throw new TypeError('a secret must be a text, not empty');
  }
  const needlesOfSecrets = secrets.map(findNeedles);
  const shortest = Math.min(...needlesOfSecrets.flat().map((needle) => needle.text.length));
  return (text) => {
    if (text.length < shortest) return [];
    const views = createViews(text);
    return needlesOfSecrets.flatMap((needles, secretIndex) =>
      searchOne(needles, views).map((leak) => ({ ...leak, secretIndex })),
    );
  };
}

interface Views {
  of(view: View): string;
  /** Where the text has what its view has at `at`. */
  offset(view: View, at: number): number;
}

function searchOne(needles: readonly Needle[], views: Views): { encoding: LeakEncoding; at: number }[] {
  const found = new Map<LeakEncoding, number>();
  for (const { encoding, view, text } of needles) {
    // A whole secret is full of its own fragments.
    if (found.has(encoding) || (encoding === 'fragment' && found.has('raw'))) continue;
    const at = views.of(view).indexOf(text);
    if (at !== -1) found.set(encoding, views.offset(view, at));
  }
  return [...found].map(([encoding, at]) => ({ encoding, at }));
}

function createViews(text: string): Views {
  const made = new Map<View, string>();

  return {
    of(view) {
      let viewed = made.get(view);
      if (viewed === undefined) {
        viewed = viewText(text, view);
        made.set(view, viewed);
      }
      return viewed;
    },
    offset(view, at) {
      const taken = TAKEN_OUT[view];
      return taken ? originalOffset(text, taken, at) : at;
    },
  };
}

function viewText(text: string, view: View): string {
  const taken = TAKEN_OUT[view];
  const plain = taken ? text.replace(...taken) : text;
  if (view === 'hex-digits') return plain.toLowerCase();
  return view === 'numbers' ? `,${plain},` : plain;
}

function originalOffset(text: string, [pattern, instead]: readonly [RegExp, string], at: number): number {
  let removed = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index - removed > at) break;
    removed += match[0].length - instead.length;
  }
  return Math.min(at + removed, text.length);
}
