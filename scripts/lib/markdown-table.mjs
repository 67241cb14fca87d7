/** A table of Markdown, padded as the formatter does it. Cells are Markdown without line breaks. */
export function renderTable(header, rows) {
  const widths = header.map((_, column) =>
    Math.max(3, ...[header, ...rows].map((cells) => cells[column].length)),
  );
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |\n`;
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('');
}

/** The lines of the first table behind a text. */
export function tableBelow(markdown, text) {
  const at = markdown.indexOf(text);
  const [table] = /^\|.*\n(?:\|.*\n)+/m.exec(markdown.slice(at)) ?? [];
  if (at < 0 || table === undefined) throw new Error(`there is no table behind "${text}"`);
  return table;
}

/** One object for each row, by the names of the columns. */
export function readTable(table) {
  const [header = [], , ...rows] = table.trim().split('\n').map(cellsOf);
  return rows.map((cells) => Object.fromEntries(header.map((name, column) => [name, cells[column] ?? ''])));
}

/** A bar inside of a cell is written with a backslash. */
function cellsOf(line) {
  return line
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
}
