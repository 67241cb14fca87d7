/**
 * Where dotenv cut a value at a `#`: in `KEY=abc#def` it takes `abc`, and silently so. A `#` after a blank is a
 * comment as everybody means it.
 *
 * @param value what dotenv made of the variable
 * @returns the number of the line, from 1; undefined where nothing was cut
 */
export function findUnquotedHash(text: string, variable: string, value: string): number | undefined {
  const assignment = new RegExp(`^\\s*(?:export\\s+)?${variable}(?:\\s*=|:\\s)(.*)$`);
  const lines = text.split(/\r\n?|\n/);
  // The last assignment is the one that counts.
  const at = lines.findLastIndex((line) => assignment.test(line));
  const written = assignment.exec(lines[at] ?? '')?.[1] ?? '';
  const kept = written.slice(0, Math.max(written.indexOf('#'), 0));
  // Compared with what dotenv took, so that a quoted `#` or a line inside a longer value is never reported.
  const wasCut = kept !== '' && !/\s$/.test(kept) && kept.trim() === value;
  return wasCut ? at + 1 : undefined;
}
