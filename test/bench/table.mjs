/** Prints rows of named cells, numbers to the right. The columns are those of all rows, in order of appearance. */
export function printTable(rows) {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = [names, ...rows.map((row) => names.map((name) => String(row[name] ?? '')))];
  const widths = names.map((_, at) => Math.max(...lines.map((line) => [...line[at]].length)));
  const isText = names.map((name) => rows.some((row) => /[a-z]{2}/i.test(String(row[name] ?? ''))));
  const pad = (text, at) => {
    const blanks = ' '.repeat(widths[at] - [...text].length);
    return isText[at] ? text + blanks : blanks + text;
  };
  const print = (line) => console.log(`  ${line.map(pad).join('  ')}`.trimEnd());
  print(lines[0]);
  print(widths.map((width) => '─'.repeat(width)));
  for (const line of lines.slice(1)) print(line);
}

/** Three significant digits, and never an exponent. */
export function digits(number) {
  if (number === undefined || Number.isNaN(number)) return '';
  const size = Math.abs(number);
  if (size >= 100) return Math.round(number).toLocaleString('en');
  return number.toFixed(size >= 10 ? 1 : size >= 1 ? 2 : 3);
}
