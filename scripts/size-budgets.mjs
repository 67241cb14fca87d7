// Compares what users download and load with size-budgets.json, and prints both. Packs everything into a temporary
// folder first. With --raise the budgets that are exceeded or missing become today's size and a tenth: for whoever finds
// the growth worth it, and says so in the commit.
//   node scripts/size-budgets.mjs [--raise]
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { listPackages, readJson, ROOT } from './lib/workspace.mjs';
import { packAll } from './packed/pack.mjs';

const BUDGETS = join(ROOT, 'scripts/size-budgets.json');

/**
 * Gives the rows of a table, the table, and a fault for each size over its budget, without one, or with one for
 * nothing. `tarballs` are the paths by package; packing has written the bundles that are measured.
 */
export async function compareSizes(tarballs) {
  const budgets = readJson(BUDGETS);
  const measured = {
    entries: Object.fromEntries(await Promise.all(listEntries().map(measureEntry))),
    tarballs: Object.fromEntries(await Promise.all(Object.entries(tarballs).map(measureTarball))),
  };
  const rows = Object.entries(measured).flatMap(([kind, sizes]) =>
    [...new Set([...Object.keys(sizes), ...Object.keys(budgets[kind])])]
      .toSorted()
      .map((name) => ({ kind, name, bytes: sizes[name], budget: budgets[kind][name] })),
  );
  return { rows, table: renderTable(rows), faults: rows.flatMap(judge) };
}

/** Every module that can be imported, as `[name, path of the bundle]`. */
function listEntries() {
  return listPackages(ROOT).flatMap(({ folder, manifest }) =>
    Object.entries(manifest.publishConfig.exports)
      .filter(([, target]) => target.default)
      .map(([subpath, target]) => [manifest.name + subpath.slice(1), join(folder, target.default)]),
  );
}

/** With all that it may load later; without other packages, which have their own budgets or are not ours. */
async function measureEntry([name, path]) {
  const { outputFiles } = await build({
    entryPoints: [path],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    write: false,
    logLevel: 'silent',
  });
  return [name, gzipSync(outputFiles[0].contents, { level: 9 }).length];
}

async function measureTarball([name, path]) {
  return [name, (await stat(path)).size];
}

function judge({ kind, name, bytes, budget }) {
  const where = `scripts/size-budgets.json: ${kind}, ${name}`;
  if (budget === undefined) return [`${where}: has no budget, and ${bytes} bytes`];
  if (bytes === undefined) return [`${where}: there is no such thing any more`];
  return bytes > budget ? [`${where}: ${bytes} bytes, ${bytes - budget} more than its budget`] : [];
}

function renderTable(rows) {
  const cells = rows.map(({ kind, name, bytes, budget }) => [
    kind === 'entries' ? 'entry' : 'tarball',
    name,
    inKilobytes(bytes),
    inKilobytes(budget),
  ]);
  const all = [['', '', 'gzipped kB', 'budget'], ...cells];
  const widths = all[0].map((_, column) => Math.max(...all.map((row) => row[column].length)));
  const pad = (cell, column) => (column < 2 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]));
  return all.map((row) => row.map(pad).join('  ').trimEnd()).join('\n');
}

function inKilobytes(bytes) {
  return bytes === undefined ? '–' : (bytes / 1000).toFixed(2);
}

/** Those that suffice stay as they are. */
function raiseBudgets(rows) {
  const raised = { entries: {}, tarballs: {} };
  for (const { kind, name, bytes, budget } of rows) {
    if (bytes === undefined) continue;
    raised[kind][name] = bytes <= budget ? budget : Math.ceil((bytes * 1.1) / 100) * 100;
  }
  return writeFile(BUDGETS, `${JSON.stringify(raised, undefined, 2)}\n`);
}

async function main() {
  const folder = await mkdtemp(join(tmpdir(), 'mhk-sizes-'));
  try {
    const { rows, table, faults } = await compareSizes(await packAll(folder));
    console.log(table);
    if (process.argv.includes('--raise')) {
      await raiseBudgets(rows);
      return;
    }
    for (const fault of faults) console.error(fault);
    process.exitCode = faults.length === 0 ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true });
  }
}

if (resolve(process.argv[1] ?? '') === fileURLToPath(import.meta.url)) await main();
