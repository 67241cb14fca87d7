import { stripVTControlCharacters } from 'node:util';
import type { CliOutput } from '../io.ts';

/** Characters in a line: those of the terminal, or 80. */
export function widthOf({ isTTY = false, columns = 0 }: CliOutput): number {
  return isTTY && columns > 0 ? columns : 80;
}

interface WrapOptions {
  /** Characters in a line. */
  readonly width: number;
  /** Stands before every line but the first. */
  readonly indent?: string | undefined;
}

/**
 * The text in lines, broken between words. A word that is longer than a line, such as a path or a URL, is left whole,
 * so that it can be copied. Line breaks, and the blanks at the beginning, stay.
 */
export function wrap(text: string, { width, indent = '' }: WrapOptions): string {
  const [beginning = ''] = /^ */.exec(text) ?? [];
  const paragraphs = text.slice(beginning.length).split('\n');
  return paragraphs
    .flatMap((paragraph, at) => wrapParagraph(paragraph, width, at === 0 ? beginning : indent, indent))
    .join('\n');
}

function wrapParagraph(text: string, width: number, beginning: string, indent: string): readonly string[] {
  const lines: string[] = [];
  let line = beginning;
  let isEmpty = true;
  // With the blanks before it, which may align columns.
  for (const word of text.match(/ *[^ ]+/g) ?? []) {
    if (!isEmpty && lengthOf(line + word) > width) {
      lines.push(line);
      line = indent + word.trimStart();
    } else {
      line += word;
    }
    isEmpty = false;
  }
  return [...lines, line];
}

/** As it is seen: colours take no room. */
function lengthOf(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}
