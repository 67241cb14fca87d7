import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readJson, ROOT } from '../lib/workspace.mjs';

const execute = promisify(execFile);
const shell = process.platform === 'win32';
/** Whatever takes that long hangs. */
const LIMIT_MS = 5 * 60 * 1000;

/**
 * Rejects with both outputs and the exit code.
 *
 * @returns {Promise<{ stdout: string; stderr: string }>}
 */
function run(program, args, options) {
  return execute(program, args, { maxBuffer: 2 ** 26, timeout: LIMIT_MS, ...options });
}

export function node(args, cwd, env = process.env) {
  return run(process.execPath, args, { cwd, env });
}

export function npm(args, cwd) {
  return run('npm', args, { cwd, shell });
}

export function npx(args, cwd, env = process.env) {
  return run('npx', args, { cwd, env, shell });
}

/** The version that package.json pins. */
export function pnpm(args, cwd) {
  const { packageManager } = readJson(join(ROOT, 'package.json'));
  return npx(['-y', '--prefer-offline', packageManager, ...args], cwd);
}

/** Of this repository's compilers: `typescript`, or the oldest that is supported, `typescript-5-4`. */
export function tsc(compiler, args, cwd) {
  return node([join(ROOT, 'node_modules', compiler, 'bin/tsc'), ...args], cwd);
}

/** The exact version of a package that the lockfile of this repository names. */
export function installedVersion(name) {
  return readJson(join(ROOT, 'node_modules', name, 'package.json')).version;
}
