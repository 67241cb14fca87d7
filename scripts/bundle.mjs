// Bundles each package's entries into `bundle/`, which is what is published. Loading 30 small modules costs more than
// all that they do (26 ms against 3 for core); `dist/` keeps one file per module for work in this repository.
//   node scripts/bundle.mjs [package folder …]    all packages by default
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { rolldown } from 'rolldown';
import { listPackages, readJson, ROOT } from './lib/workspace.mjs';

const SOURCE = '@magic-hour-keys/source';
const folders = process.argv.slice(2).map((folder) => resolve(folder));
const packages = folders.length > 0 ? folders : listPackages(ROOT).map(({ folder }) => folder);
for (const folder of packages) await bundle(folder);

async function bundle(folder) {
  const { exports, bin = {} } = readJson(join(folder, 'package.json'));
  const sources = Object.values(exports).flatMap((target) => target[SOURCE] ?? []);
  const programs = Object.values(bin).map((path) => path.replace('/dist/', '/src/').replace(/\.js$/, '.ts'));
  const inputs = [...sources, ...programs].map((path) => [
    path.replace(/^\.\/src\/|\.ts$/g, ''),
    join(folder, path),
  ]);
  const output = join(folder, 'bundle');
  // `pnpm pack` runs this; without the declarations the tarball would have no types.
  if (!existsSync(join(folder, 'dist'))) throw new Error(`${folder} is not built: run npm run build first`);
  await rm(output, { recursive: true, force: true });
  const build = await rolldown({
    input: Object.fromEntries(inputs),
    // Dependencies stay outside: a consumer's lockfile, not ours, decides which version is in use.
    external: (id) => !id.startsWith('.') && !id.startsWith('/'),
    platform: 'node',
  });
  await build.write({ dir: output, format: 'esm', sourcemap: true, chunkFileNames: 'chunks/[name].js' });
  await build.close();
}
