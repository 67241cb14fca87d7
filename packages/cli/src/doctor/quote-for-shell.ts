/**
 * A path as an argument of a command that is shown to be copied. A file may have any name, such as `$(…)`, and what is
 * pasted is run.
 */
export function quoteForShell(path: string): string {
  const argument = path.startsWith('-') ? `./${path}` : path;
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", String.raw`'\''`)}'`;
}

/** Adds a path to an ignore file. */
export function appendTo(ignoreFile: string, path: string): string {
  return `echo '${path.replaceAll("'", String.raw`'\''`)}' >> ${quoteForShell(ignoreFile)}`;
}
