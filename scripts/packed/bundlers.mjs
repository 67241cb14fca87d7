// What users do before they deploy: a small application with a JSON config becomes a bundle, in a project where one of
// the SDKs is installed, and runs in a folder where nothing is.
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build as esbuild } from 'esbuild';
import { rolldown } from 'rolldown';
import webpack from 'webpack';
import { ROOT } from '../lib/workspace.mjs';
import { node } from './commands.mjs';

const INPUT = 'application.mjs';
/** The AWS SDK is CommonJS on Node; esbuild leaves its `require` to the bundle, and an ES module has none. */
const REQUIRE_FOR_SDKS =
  "import { createRequire as toRequire } from 'node:module'; const require = toRequire(import.meta.url);";

/** These build twice: without externals as well. That the others need no more of them shows in the one build. */
const QUICK = ['esbuild, CommonJS', 'rolldown'];

/** Each writes the bundle, and gives its file and what could not be found. Other problems are errors. */
const BUNDLERS = {
  async 'esbuild, CommonJS'(folder, output, external) {
    const file = join(output, 'main.cjs');
    const missing = await runEsbuild(folder, { outfile: file, format: 'cjs', external });
    return { file, missing };
  },
  async 'esbuild, ES module'(folder, output, external) {
    const file = join(output, 'main.mjs');
    const missing = await runEsbuild(folder, {
      outfile: file,
      format: 'esm',
      banner: { js: REQUIRE_FOR_SDKS },
      external,
    });
    return { file, missing };
  },
  async rolldown(folder, output, external) {
    const missing = [];
    const onLog = (level, log) => {
      if (log.code !== 'UNRESOLVED_IMPORT') throw new Error(`${level}: ${log.message}`);
      missing.push(/Could not resolve '([^']+)'/.exec(log.message)[1]);
    };
    const bundle = await rolldown({ input: join(folder, INPUT), platform: 'node', external, onLog });
    await bundle.write({ dir: output, format: 'esm', entryFileNames: '[name].mjs' });
    await bundle.close();
    return { file: join(output, 'application.mjs'), missing };
  },
  async webpack(folder, output, external) {
    const { errors, warnings } = await runWebpack({
      context: folder,
      entry: `./${INPUT}`,
      target: 'node20.19',
      mode: 'production',
      // Half of its time would be minifying.
      optimization: { minimize: false },
      externalsType: 'import',
      externals: external,
      output: { path: output, filename: 'main.cjs' },
    });
    const missing = errors.map(({ message }) => /Can't resolve '([^']+)'/.exec(message)?.[1]);
    const others = [...warnings, ...errors.filter((_, index) => missing[index] === undefined)];
    if (others.length > 0) throw new Error(others.map(({ message }) => message).join('\n'));
    return { file: join(output, 'main.cjs'), missing };
  },
};

/** `sdks` are those that are installed in the consumer. */
export async function checkBundlers({ check }, { folder, installed }, sdks) {
  const missing = listPeers(installed).filter((name) => !sdks.includes(name));
  await check('the README of each backend names the externals that bundlers need', () =>
    expectNamesInReadmes(installed),
  );
  for (const [name, bundle] of Object.entries(BUNDLERS)) {
    const output = join(folder, '..', `bundle-${name.replaceAll(/\W+/g, '-')}`);
    await mkdir(output);
    if (QUICK.includes(name)) {
      await check(`${name}: finds all but ${missing.length} SDKs that are not installed`, async () => {
        const found = await bundle(folder, output, []);
        expectSame(found.missing, missing);
      });
    }
    await check(`${name}: with those as externals the bundle runs by itself`, async () => {
      const { file, missing: stillMissing } = await bundle(folder, output, missing);
      expectSame(stillMissing, []);
      await node(['run-bundle.mjs', file], folder);
    });
  }
}

/** Where all SDKs are installed: as externals of a bundle that lies beside them. */
export async function checkBundledStores({ check }, { folder, installed }) {
  const external = [...listPeers(installed), 'selfsigned'];
  const build = { entryPoints: ['every-store.mjs'], external };
  await check('bundled as an ES module, each backend finds its SDK beside the bundle', async () => {
    expectSame(await runEsbuild(folder, { ...build, format: 'esm', outfile: 'every-store.bundle.mjs' }), []);
    await node(['every-store.bundle.mjs'], folder);
  });
  await check('bundled as CommonJS, each backend finds its SDK beside the bundle', async () => {
    expectSame(await runEsbuild(folder, { ...build, format: 'cjs', outfile: 'every-store.bundle.cjs' }), []);
    await node(['every-store.bundle.cjs'], folder);
  });
}

function expectSame(found, expected) {
  const isSame = new Set(found).size === expected.length && expected.every((name) => found.includes(name));
  if (!isSame)
    throw new Error(`could not find: ${found.join(', ')}\nexpected not to find: ${expected.join(', ')}`);
}

function listBackends(installed) {
  return installed.filter(({ manifest }) => './definition' in manifest.exports);
}

function listPeers(installed) {
  return listBackends(installed).flatMap(({ manifest }) => Object.keys(manifest.peerDependencies ?? {}));
}

async function expectNamesInReadmes(installed) {
  const page = await readFile(join(ROOT, 'docs/bundling.md'), 'utf8');
  for (const { name, path, manifest } of listBackends(installed)) {
    const readme = await readFile(join(path, 'README.md'), 'utf8');
    const told = readme.split(/\n{2,}/).filter((text) => /\bbundle/i.test(text) && /\bexternal/.test(text));
    for (const peer of Object.keys(manifest.peerDependencies ?? {})) {
      if (!page.includes(`\`${peer}\``)) throw new Error(`docs/bundling.md does not name ${peer}`);
      if (told.some((text) => text.includes(`\`${peer}\``))) continue;
      throw new Error(`${name}: no paragraph of its README says that bundlers need ${peer} as an external`);
    }
  }
}

async function runEsbuild(folder, options) {
  const build = { absWorkingDir: folder, entryPoints: [INPUT], bundle: true, platform: 'node' };
  try {
    const { warnings } = await esbuild({ ...build, ...options, logLevel: 'silent' });
    if (warnings.length > 0) throw new Error(warnings.map(({ text }) => text).join('\n'));
    return [];
  } catch (error) {
    const missing = (error.errors ?? []).map(({ text }) => /^Could not resolve "([^"]+)"/.exec(text)?.[1]);
    if (missing.length === 0 || missing.includes(undefined)) throw error;
    return missing;
  }
}

function runWebpack(options) {
  return new Promise((resolve, reject) => {
    const compiler = webpack(options, (error, stats) => {
      compiler.close(() => undefined);
      if (error) reject(error);
      else resolve(stats.toJson({ all: false, errors: true, warnings: true }));
    });
  });
}
