import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { readJson, ROOT } from './workspace.mjs';

/** The clients of the tests: how each is used, and the names under which the catalog has its versions. */
const FAMILIES = [
  { recipe: 'fetch', packages: [''] },
  { recipe: 'node:http', packages: [''] },
  { recipe: 'undici', packages: ['undici-6', 'undici', 'undici-8'] },
  { recipe: 'axios', packages: ['axios-1-16', 'axios'] },
  { recipe: 'got', packages: ['got-13', 'got', 'got-16'] },
  { recipe: 'node-fetch', packages: ['node-fetch-2', 'node-fetch'] },
  { recipe: 'ky', packages: ['ky', 'ky-2'] },
  { recipe: 'ofetch', packages: ['ofetch'] },
  { recipe: 'openapi-fetch', packages: ['openapi-fetch'] },
  { recipe: 'graphql-request', packages: ['graphql-request'] },
  { recipe: 'magic-hour', packages: ['magic-hour-0-33', 'magic-hour'] },
];

export const CLIENTS = FAMILIES.flatMap(({ recipe, packages }) =>
  packages.map((packageName) => ({ recipe, packageName })),
);

/**
 * The newest of each that the catalog accepts, whatever Node they ask for, and the program that tries them.
 *
 * @returns the folder with both
 */
export async function installClients() {
  const folder = join(ROOT, 'node_modules/.cache/magic-hour-keys/clients');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const names = CLIENTS.map(({ packageName }) => packageName).filter((name) => name !== '');
  const dependencies = Object.fromEntries(names.map((name) => [name, findInCatalog(name)]));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
  const args = ['install', '--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts'];
  execFileSync('npm', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  await bundleProgram(join(folder, 'program.mjs'));
  return folder;
}

/** Of the package as it was installed; Node's own clients have none. */
export function readClientManifest(folder, packageName) {
  const file = join(folder, 'node_modules', packageName, 'package.json');
  return packageName !== '' && existsSync(file) ? readJson(file) : {};
}

/** From the sources, with our packages inside: what is left to be found are the clients. */
async function bundleProgram(file) {
  const build = await rolldown({
    input: join(ROOT, 'test/integration/http/client-matrix/program.ts'),
    external: (id) => /^[\w@]/.test(id) && !id.startsWith('@magic-hour-keys/'),
    resolve: { conditionNames: ['@magic-hour-keys/source'] },
    platform: 'node',
  });
  await build.write({ file, format: 'esm' });
  await build.close();
}

function findInCatalog(name) {
  const catalog = readFileSync(join(ROOT, 'pnpm-workspace.yaml'), 'utf8');
  const found = new RegExp(`^  '?${name}'?: (\\S+)$`, 'm').exec(catalog)?.[1];
  if (found === undefined) throw new Error(`the catalog in pnpm-workspace.yaml has no ${name}`);
  return found;
}
