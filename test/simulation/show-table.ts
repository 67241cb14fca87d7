/** Columns as wide as their widest cell, numbers to the right. */
export function showTable(rows: readonly Readonly<Record<string, string | number>>[]): string {
  const names = Object.keys(rows[0] ?? {});
  const widths = names.map((name) =>
    Math.max(...[name, ...rows.map((row) => String(row[name]))].map(length)),
  );
  const line = (cells: readonly (string | number | undefined)[]): string =>
    cells
      .map((cell, index) => {
        const text = String(cell ?? '');
        return typeof cell === 'number' ? text.padStart(widths[index] ?? 0) : text.padEnd(widths[index] ?? 0);
      })
      .join('  ')
      .trimEnd();
  return [
    line(names),
    line(widths.map((width) => '-'.repeat(width))),
    ...rows.map((row) => line(names.map((name) => row[name]))),
  ].join('\n');
}

function length(text: string): number {
  return text.length;
}
