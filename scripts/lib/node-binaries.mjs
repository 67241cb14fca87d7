import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './workspace.mjs';

const CACHE = join(ROOT, 'node_modules/.cache/magic-hour-keys');

/** The binary of that major, from npm's package `node`, which is installed at the first call. */
export function installNode(major) {
  const folder = join(CACHE, `node-${major}`);
  const binary = join(folder, 'node_modules/node/bin/node');
  if (!existsSync(binary)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    npm(['install', '--no-audit', '--no-fund', '--no-save', `node@${major}`], folder);
  }
  return { binary, version: execFileSync(binary, ['--version'], { encoding: 'utf8' }).trim() };
}

/** What the lockfile of that folder says, unless it has been installed since the lockfile was changed. */
export function installLocked(folder) {
  const installed = join(folder, 'node_modules/.package-lock.json');
  const isCurrent =
    existsSync(installed) &&
    statSync(installed).mtimeMs >= statSync(join(folder, 'package-lock.json')).mtimeMs;
  if (!isCurrent) npm(['ci', '--no-audit', '--no-fund'], folder);
}

function npm(args, cwd) {
  execFileSync('npm', args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
}
