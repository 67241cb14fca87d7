/** The rules of a `.dockerignore` or of a file in the style of `.gitignore`. */
export type IgnoreStyle = 'docker' | 'git';

/**
 * Whether a path is left out by the rules; the last one that fits decides. In the style of git a rule without a slash
 * fits in every folder, in Docker's at the top alone.
 *
 * @param path from the folder of the rules, with `/`
 */
export function isLeftOut(path: string, rules: string, style: IgnoreStyle): boolean {
  let leftOut = false;
  for (const line of rules.split(/\r?\n/)) {
    const written = line.trim();
    if (written === '' || written.startsWith('#')) continue;
    const isException = written.startsWith('!');
    const pattern = isException ? written.slice(1).trim() : written;
    if (toExpression(pattern, style).test(path)) leftOut = !isException;
  }
  return leftOut;
}

/** Also true for what is in a folder that the pattern names. */
function toExpression(pattern: string, style: IgnoreStyle): RegExp {
  const clean = pattern.replace(/^\.\//, '').replace(/\/+$/, '');
  const isAnywhere = style === 'git' && !clean.includes('/');
  return new RegExp(`^${isAnywhere ? '(?:.*/)?' : ''}${globSource(clean.replace(/^\//, ''))}(?:/.*)?$`);
}

const GLOB_PARTS = /\*\*\/|\*\*|\*|\?|\[!?[^\]/]+\]|[^*?[]+|\[/g;

/** `*`, `?`, `[a-z]` and `**`, as the source of a regular expression. */
function globSource(glob: string): string {
  return [...glob.matchAll(GLOB_PARTS)].map(([part]) => partSource(part)).join('');
}

function partSource(part: string): string {
  if (part === '**/') return '(?:.*/)?';
  if (part === '**') return '.*';
  if (part === '*') return '[^/]*';
  if (part === '?') return '[^/]';
  if (part.length > 1 && part.startsWith('[')) return part.replace('[!', '[^').replaceAll('\\', '\\\\');
  return part.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
}
