export interface JsonLayout {
  /** What a level is indented by. */
  readonly unit: string;
  readonly eol: string;
}

const WIDTH = 100;

/** JSON as people write it: a value that is short enough in one line, others with a member in each. */
export function formatJson(value: unknown, indent: string, layout: JsonLayout): string {
  const line = inOneLine(value);
  if (indent.length + line.length <= WIDTH || typeof value !== 'object' || value === null) return line;
  const { unit, eol } = layout;
  const inner = `${indent}${unit}`;
  const items = Array.isArray(value)
    ? value.map((item) => `${inner}${formatJson(item, inner, layout)}`)
    : Object.entries(value).map(
        ([name, item]) => `${inner}${JSON.stringify(name)}: ${formatJson(item, inner, layout)}`,
      );
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  return [open, items.join(`,${eol}`), `${indent}${close}`].join(eol);
}

function inOneLine(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(inOneLine).join(', ')}]`;
  const members = Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${inOneLine(item)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

/** The text of a new file. */
export function formatConfig(
  schema: string | undefined,
  environments: readonly { readonly name: string; readonly content: object }[],
): string {
  const layout = { unit: '  ', eol: '\n' };
  const lines = environments.map(
    ({ name, content }) => `    ${JSON.stringify(name)}: ${formatJson(content, '    ', layout)}`,
  );
  const first = schema === undefined ? '' : `  "$schema": ${JSON.stringify(schema)},\n`;
  return `{\n${first}  "environments": {\n${lines.join(',\n')}\n  }\n}\n`;
}
