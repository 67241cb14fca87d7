import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** The checkout that these scripts stand in. */
export const ROOT = resolve(fileURLToPath(import.meta.url), '../../..');

/** Every check takes `--root <folder>`, so that its own test can point it at a folder with a planted fault. */
export function rootFromArguments() {
  const { values } = parseArgs({ options: { root: { type: 'string' } } });
  return resolve(values.root ?? ROOT);
}

/** One entry for each folder of `packages/` that has a manifest, in alphabetical order. */
export function listPackages(root) {
  const folder = join(root, 'packages');
  return readdirSync(folder)
    .toSorted()
    .filter((name) => existsSync(join(folder, name, 'package.json')))
    .map((name) => ({
      name,
      folder: join(folder, name),
      manifest: readJson(join(folder, name, 'package.json')),
      isBackend: existsSync(join(folder, name, 'src/definition.ts')),
    }));
}

export function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** Absolute paths of the files below a folder whose name passes; none where there is no such folder. */
export function listFiles(folder, accepts = () => true) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && accepts(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}

/** A path as it is shown to people: from the root, with forward slashes. */
export function shown(root, path) {
  return relative(root, path).replaceAll('\\', '/');
}

/** One line for each fault and exit code 1, or one line that says what was looked at. */
export function finish(faults, summary) {
  for (const fault of faults) console.error(fault);
  if (faults.length === 0) return console.log(summary);
  console.error(`${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}`);
  process.exitCode = 1;
}
