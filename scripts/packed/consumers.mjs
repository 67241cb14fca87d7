// Projects of strangers, each installed by one command.
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listPackages, readJson, ROOT } from '../lib/workspace.mjs';
import { installedVersion, npm, pnpm } from './commands.mjs';

const PROGRAMS = join(ROOT, 'test/integration/packed');
const QUIET = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel', 'error'];

/**
 * Makes the folder and installs our tarballs and these packages, in the versions of our lockfile. Gives the consumer's
 * folder and our packages as they are installed there.
 */
export async function installWithNpm(folder, tarballs, packages = []) {
  await prepare(folder, tarballs, packages);
  await npm(QUIET, folder);
  return describe(folder);
}

/** As above. Here each package finds only what its own manifest names, so a forgotten dependency shows. */
export async function installWithPnpm(folder, tarballs, packages = []) {
  await prepare(folder, tarballs, packages);
  // What the packages need of each other is not on a registry yet. Nothing is hoisted, or a dependency of one package
  // would be found by all. JSON is YAML.
  const settings = { overrides: inFiles(tarballs), hoist: false };
  await writeFile(join(folder, 'pnpm-workspace.yaml'), JSON.stringify(settings));
  await pnpm(['install', '--prefer-offline', '--reporter', 'silent'], folder);
  return describe(folder);
}

async function prepare(folder, tarballs, packages) {
  const versions = Object.fromEntries(packages.map((name) => [name, installedVersion(name)]));
  const manifest = {
    private: true,
    type: 'module',
    dependencies: { ...inFiles(tarballs), ...versions },
  };
  await mkdir(folder);
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await cp(PROGRAMS, folder, { recursive: true });
}

function inFiles(tarballs) {
  return Object.fromEntries(Object.entries(tarballs).map(([name, path]) => [name, `file:${path}`]));
}

function describe(folder) {
  const installed = listPackages(ROOT).map(({ manifest: { name } }) => {
    const path = join(folder, 'node_modules', name);
    return { name, path, manifest: readJson(join(path, 'package.json')) };
  });
  return { folder, installed, entries: installed.flatMap(listEntries) };
}

/** `@scope/name` and `@scope/name/subpath`, without those that point at JSON. */
function listEntries({ name, manifest }) {
  return Object.entries(manifest.exports)
    .filter(([, target]) => typeof target !== 'string')
    .map(([subpath]) => name + subpath.slice(1));
}
