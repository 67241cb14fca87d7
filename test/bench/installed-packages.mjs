import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

// Cold start is about files: how many there are, and how they are found. So the packages are laid out as an install
// from the registry would, with the exports that are published, once over `dist/` and once over `bundle/`.

const PACKAGES = fileURLToPath(new URL('../../packages/', import.meta.url));
const NAMES = ['core', 'http', 'env', 'config'];

/** `dist` has one file for each module; `bundle` is what is published, where it has been built. */
export function listBuilds() {
  return ['bundle', 'dist'].filter((build) => NAMES.every((name) => existsSync(join(PACKAGES, name, build))));
}

/** Makes `node_modules` in the folder: our packages over this build, and what they depend on. */
export function installPackages(folder, build) {
  const modules = join(folder, 'node_modules');
  const dependencies = new Map();
  for (const name of readdirSync(PACKAGES)) {
    const source = join(PACKAGES, name);
    if (!existsSync(join(source, build))) continue;
    const manifest = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'));
    installOne(join(modules, manifest.name), source, build, manifest);
    for (const other of Object.keys(manifest.dependencies ?? {})) dependencies.set(other, source);
  }
  for (const [name, source] of dependencies) link(join(modules, name), name, source);
  return folder;
}

function installOne(target, source, build, manifest) {
  mkdirSync(target, { recursive: true });
  cpSync(join(source, build), join(target, build), { recursive: true });
  const exports = JSON.stringify(manifest.publishConfig.exports).replaceAll(
    /\.\/(?:dist|bundle)\//g,
    `./${build}/`,
  );
  const { name, version, type } = manifest;
  const published = { name, version, type, exports: JSON.parse(exports) };
  writeFileSync(join(target, 'package.json'), JSON.stringify(published));
}

function link(target, name, source) {
  if (existsSync(target)) return;
  mkdirSync(resolve(target, '..'), { recursive: true });
  const found = createRequire(join(source, 'package.json'))
    .resolve.paths(name)
    .map((path) => join(path, name));
  symlinkSync(
    found.find((path) => existsSync(path)),
    target,
    'junction',
  );
}
