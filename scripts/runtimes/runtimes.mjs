import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installNode } from '../lib/node-binaries.mjs';
import { ROOT } from '../lib/workspace.mjs';

const CACHE = join(ROOT, 'node_modules/.cache/magic-hour-keys');
const SUFFIX = process.platform === 'win32' ? '.exe' : '';

/** Each gives its binary, its version, and what stands before the name of a program. */
export const RUNTIMES = [
  ...['20', '22', '24', '26'].map((major) => ({
    id: `node${major}`,
    isNode: true,
    name: `Node ${major}`,
    install: () => ({ ...installNode(major), args: [] }),
  })),
  {
    id: 'bun',
    name: 'Bun',
    install: () => installFromNpm('bun@1', { scope: '@oven', file: `bin/bun${SUFFIX}`, args: [] }),
    // Without it vitest would run on the Node that its first line names.
    argsOfTools: ['--bun'],
  },
  {
    id: 'deno',
    name: 'Deno',
    install: () =>
      installFromNpm('deno@2', {
        scope: '@deno',
        file: `deno${SUFFIX}`,
        args: ['run', '--quiet', '--allow-all'],
      }),
  },
];

/**
 * The package itself has only a program that looks for the binary, which is in one of the optional packages, of which
 * npm installs those for this system. No script of theirs is run.
 */
function installFromNpm(spec, { scope, file, args }) {
  const folder = join(CACHE, `runtime-${spec.split('@')[0]}`);
  const scoped = join(folder, 'node_modules', scope);
  if (!existsSync(scoped)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    const install = ['install', '--no-audit', '--no-fund', '--no-save', '--ignore-scripts', spec];
    execFileSync('npm', install, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  }
  const binaries = existsSync(scoped) ? readdirSync(scoped).map((name) => join(scoped, name, file)) : [];
  for (const binary of binaries) {
    const version = askVersion(binary);
    if (version) return { binary, version, args };
  }
  throw new Error(`npm has no ${spec} for ${process.platform} on ${process.arch}`);
}

/** None where it does not run, such as a binary for another C library. */
function askVersion(binary) {
  try {
    const printed = execFileSync(binary, ['--version'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return /\d+\.\d+\.\d+\S*/.exec(printed)?.[0];
  } catch {
    return undefined;
  }
}
