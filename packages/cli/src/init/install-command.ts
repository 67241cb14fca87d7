export type PackageManager = 'npm' | 'pnpm' | 'yarn' | 'bun';

const COMMANDS: Readonly<Record<PackageManager, string>> = {
  npm: 'npm install',
  pnpm: 'pnpm add',
  yarn: 'yarn add',
  bun: 'bun add',
};

/** In the order in which they are looked for. */
export const LOCKFILES: readonly (readonly [string, PackageManager])[] = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
  ['package-lock.json', 'npm'],
  ['npm-shrinkwrap.json', 'npm'],
];

/** Of the field `packageManager`, such as `"pnpm@10.1.0+sha512.…"`; undefined for one that is not known. */
export function parsePackageManager(field: unknown): PackageManager | undefined {
  const name = typeof field === 'string' ? field.split('@')[0] : undefined;
  return isPackageManager(name) ? name : undefined;
}

function isPackageManager(name: string | undefined): name is PackageManager {
  return name !== undefined && Object.hasOwn(COMMANDS, name);
}

/** @param packages with their ranges, such as `"node-vault@^0.12.0"` */
export function installCommand(
  { manager, isPnpmRoot }: { readonly manager: PackageManager; readonly isPnpmRoot: boolean },
  packages: readonly string[],
): string {
  // pnpm refuses to add to the root of a workspace, unless it is told that the root is meant.
  const options = manager === 'pnpm' && isPnpmRoot ? ['-w'] : [];
  return [COMMANDS[manager], ...options, ...packages.map(quoteForShell)].join(' ');
}

/** Ranges hold `^`, `|` and blanks, which shells take for their own. */
function quoteForShell(text: string): string {
  return /^[\w@/.~-]+$/.test(text) ? text : `"${text}"`;
}
