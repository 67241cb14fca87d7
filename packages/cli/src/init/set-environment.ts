import { formatJson, type JsonLayout } from './format-json.ts';
import { scanObject, type JsoncObject } from './scan-jsonc.ts';

/**
 * The same text with one environment more, or with another one in its place. Everything else stays as it is: comments,
 * commas, indentation and line endings. Of an environment that is replaced, the comments inside go with it.
 *
 * @param text a configuration that `checkConfig` can read
 */
export function setEnvironment(text: string, name: string, content: object): string {
  const root = scanObject(text, 0);
  const { valueStart = 0 } = root.members.find((member) => member.name === 'environments') ?? {};
  const environments = scanObject(text, valueStart);
  const layout = layoutOf(text);
  const present = environments.members.find((member) => member.name === name);
  if (!present) return insertMember(text, environments, { name, content, layout });
  const written = formatJson(content, indentAt(text, present.nameStart), layout);
  return `${text.slice(0, present.valueStart)}${written}${text.slice(present.valueEnd)}`;
}

interface NewMember {
  readonly name: string;
  readonly content: object;
  readonly layout: JsonLayout;
}

/**
 * Behind everything that stands in the object, so that a comment at the end of a line, or one below the last member,
 * stays beside what it speaks of. Only the comma goes right behind that member.
 */
function insertMember(text: string, object: JsoncObject, { name, content, layout }: NewMember): string {
  const { open, close, members, endsWithComma } = object;
  const last = members.at(-1);
  const base = indentAt(text, open);
  const isOneLine = last !== undefined && !text.slice(open, close).includes('\n');
  const indent = last === undefined ? `${base}${layout.unit}` : indentAt(text, last.nameStart);
  const written = `${JSON.stringify(name)}: ${formatJson(content, isOneLine ? '' : indent, layout)}`;
  const end = text.slice(0, close).trimEnd().length;
  const commaAt = last?.valueEnd ?? end;
  const comma = last === undefined || endsWithComma ? '' : ',';
  const gap = isOneLine ? ' ' : `${layout.eol}${indent}`;
  const rest = text.slice(end, close);
  const isClosedBelow = rest.includes('\n');
  return [
    text.slice(0, commaAt),
    comma,
    text.slice(commaAt, end),
    gap,
    written,
    endsWithComma ? ',' : '',
    isClosedBelow || isOneLine ? rest : `${layout.eol}${base}`,
    text.slice(close),
  ].join('');
}

/** The blanks that the line at this offset begins with. */
function indentAt(text: string, offset: number): string {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(lineStart, offset))?.[0] ?? '';
}

function layoutOf(text: string): JsonLayout {
  const [, unit = '  '] = /^([ \t]+)\S/m.exec(text.replaceAll(/^[ \t]+\*.*$/gm, '')) ?? [];
  return { unit, eol: /\r\n|\n/.exec(text)?.[0] ?? '\n' };
}
