// Bundles each package's entries into `bundle/`, which is what is published. Loading 30 small modules costs more than
// all that they do (26 ms against 3 for core); `dist/` keeps one file per module for work in this repository.
//   node scripts/bundle.mjs [package folder …]    all packages by default
import { copyFileSync, existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { rolldown } from 'rolldown';
import { listPackages, readJson, ROOT } from './lib/workspace.mjs';

const SOURCE = '@magic-hour-keys/source';
/** Their entries are many and small, and have much in common: each shares its files with the others. */
const SHARED_CHUNKS = ['http', 'testing', 'cli'];
/** Small, without state, and looked up by every backend at every start: to find a package takes as long as to load it. */
const HELPERS = /^@magic-hour-keys\/core\/(?:author|node)$/;
/** Files that are loaded together anyway, each of which would cost a millisecond. */
const NETWORK = [{ name: 'network', test: /core\/src\/node\// }];
const GROUPS = {
  azure: NETWORK,
  vault: NETWORK,
  // All but what asks the API server: a mounted Secret needs neither login nor network.
  kubernetes: [
    { name: 'common', test: /kubernetes\/src\/(?:mount\/|[^/]*$)|core\/src\/(?:author|node\/[a-z-]*file)/ },
  ],
  // What .env needs, and what a JSON file does.
  config: [{ name: 'env', test: /env\/src\/(?!definition|options)|core\/src\/node|dotenv/ }],
  env: [{ name: 'file', test: /env\/src\/small-file|core\/src\/node|dotenv/ }],
  // One file until the command is known, then what all of them need, and the command.
  cli: [
    {
      name: 'start',
      test: /cli\/src\/(?:main|program|io|exit-codes|hide-arguments|cli-problem|is-true)\.ts$|commander/,
    },
    { name: 'common', test: /cli\/src\/(?:with-provider|environment-text|tell-error|terminal\/[a-z]+)\.ts$/ },
  ],
};
/**
 * Every start with a JSON file would load 14 files, of which it needs a tenth; every start of `mhk` 8 of commander. And
 * to find the package that reads .env takes as long as to load it.
 */
const TAKEN_IN = {
  cli: [/^commander$/],
  config: [/^valibot$/, /^@magic-hour-keys\/[a-z]+\/definition$/, /^@magic-hour-keys\/env$/, /^dotenv$/],
  env: [/^dotenv$/],
};

const CORE = join(ROOT, 'packages/core/src/index.ts');

const folders = process.argv.slice(2).map((folder) => resolve(folder));
const packages = listPackages(ROOT).filter(({ folder }) => folders.length === 0 || folders.includes(folder));
for (const entry of packages) await bundle(entry);

async function bundle({ name, folder }) {
  const output = join(folder, 'bundle');
  // `pnpm pack` runs this; without the declarations the tarball would have no types.
  if (!existsSync(join(folder, 'dist'))) throw new Error(`${folder} is not built: run npm run build first`);
  await rm(output, { recursive: true, force: true });
  const inputs = listInputs(folder);
  const builds = SHARED_CHUNKS.includes(name) ? [inputs] : inputs.map((input) => [input]);
  for (const input of builds) await write(name, folder, output, input);
}

/** Pairs of an entry's name below `bundle/` and its source. */
function listInputs(folder) {
  const { exports, bin = {} } = readJson(join(folder, 'package.json'));
  const sources = Object.values(exports).flatMap((target) => target[SOURCE] ?? []);
  const programs = Object.values(bin).map((path) => path.replace('/dist/', '/src/').replace(/\.js$/, '.ts'));
  return [...sources, ...programs].map((path) => [path.replace(/^\.\/src\/|\.ts$/g, ''), join(folder, path)]);
}

async function write(name, folder, output, inputs) {
  const takenIn = [HELPERS, ...(TAKEN_IN[name] ?? [])];
  const build = await rolldown({
    input: Object.fromEntries(inputs),
    // Other dependencies stay outside: a consumer's lockfile, not ours, decides which version is in use.
    external: (id) => !id.startsWith('.') && !id.startsWith('/') && !takenIn.some((taken) => taken.test(id)),
    resolve: { conditionNames: [SOURCE, 'node', 'import', 'default'] },
    plugins: [
      mainEntryStaysOutside(join(folder, 'src/index.ts'), '../index.js'),
      mainEntryStaysOutside(CORE, '@magic-hour-keys/core'),
      commanderWithoutPrograms(),
      dotenvWithoutFiles(),
    ],
    platform: 'node',
    // A group decides what is loaded with what, over the source's own wish.
    checks: { ineffectiveDynamicImport: false },
  });
  // A name of its own for each build, because two of them may have chunks of the same name.
  const chunks = inputs.length === 1 ? join(dirname(inputs[0][0]), 'chunks') : 'chunks';
  const { output: files } = await build.write({
    dir: output,
    format: 'esm',
    sourcemap: true,
    // Documentation stands in the declarations; `/* @vite-ignore */` and the like are for bundlers.
    comments: { jsdoc: false },
    codeSplitting: { groups: ['index', 'main'].includes(inputs[0][0]) ? (GROUPS[name] ?? []) : [] },
    chunkFileNames: `${chunks}/[name].js`,
  });
  await build.close();
  copyLicenses(files, output);
}

/** Entries beside the main one import it where they need its parts, so that there is one `KeyError`, in one file. */
function mainEntryStaysOutside(main, target) {
  return {
    name: 'main-entry-stays-outside',
    resolveId(id, importer) {
      const isMain = importer !== undefined && id.startsWith('.') && resolve(dirname(importer), id) === main;
      return isMain ? { id: target, external: true } : null;
    },
  };
}

/**
 * Commander can run commands as programs of their own, which `mhk` does not; what it loads for that takes a quarter of
 * the time until `mhk` says its version.
 */
function commanderWithoutPrograms() {
  const line = "const childProcess = require('node:child_process');";
  return {
    name: 'commander-without-programs',
    transform(code, id) {
      if (!/commander[\\/]lib[\\/]command\.js$/.test(id)) return null;
      if (!code.includes(line)) throw new Error(`${id} no longer has the line: ${line}`);
      // As long as before, so that the source map still fits.
      return { code: code.replace(line, 'const childProcess = undefined;'.padEnd(line.length)), map: null };
    },
  };
}

/**
 * Only dotenv's `parse` is used, and it needs nothing of Node. Its other functions would bring `require` made of
 * `import.meta.url`, which a CommonJS bundle of an application has not: the package would not even load there.
 */
function dotenvWithoutFiles() {
  return {
    name: 'dotenv-without-files',
    transform(code, id) {
      if (!/dotenv[\\/]dist[\\/]index\.cjs$/.test(id)) return null;
      const left = code.replaceAll(/require\("[a-z:]+"\)/g, (call) => '{}'.padEnd(call.length));
      // As long as before, so that the source map still fits.
      return { code: left, map: null };
    },
  };
}

/** The licence of what was taken in goes along. */
function copyLicenses(files, output) {
  const modules = files.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
  for (const id of modules) {
    const at = id.lastIndexOf('/node_modules/');
    if (at === -1) continue;
    const packageName = id.slice(at + '/node_modules/'.length).split('/')[0];
    const from = join(id.slice(0, at), 'node_modules', packageName);
    const license = ['LICENSE.md', 'LICENSE']
      .map((file) => join(from, file))
      .find((path) => existsSync(path));
    copyFileSync(license, join(output, `LICENSE-${packageName}.md`));
  }
}
