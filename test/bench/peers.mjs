import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { load } from './peers/load.mjs';

// The peers have a manifest and a lockfile of their own, so that none of them ever is a dependency of the workspace.

const FOLDER = new URL('./peers/', import.meta.url);
const INSTALL_LIMIT_MS = 180_000;

export const loadPeer = load;

/**
 * Installs what the lockfile says, on first use and after a change of it.
 *
 * @returns the reason why there are no peers, or undefined
 */
export function installPeers() {
  if (areInstalled()) return undefined;
  console.log('Installing the peers to compare with (once) …');
  const { status, error, stderr } = spawnSync('npm', ['ci', '--prefer-offline', '--fetch-retries=1'], {
    cwd: fileURLToPath(FOLDER),
    encoding: 'utf8',
    timeout: INSTALL_LIMIT_MS,
    shell: process.platform === 'win32',
  });
  if (status === 0) return undefined;
  return `npm ci in test/bench/peers failed: ${error?.message ?? firstErrorLine(stderr)}`;
}

function areInstalled() {
  const { dependencies } = readManifest('package.json');
  return Object.entries(dependencies).every(([name, version]) => installedVersion(name) === version);
}

function installedVersion(name) {
  try {
    return readManifest(`node_modules/${name}/package.json`).version;
  } catch {
    return undefined;
  }
}

function readManifest(path) {
  return JSON.parse(readFileSync(new URL(path, FOLDER), 'utf8'));
}

function firstErrorLine(text) {
  return /npm error (.*)/.exec(text)?.[1] ?? 'no reason given';
}
