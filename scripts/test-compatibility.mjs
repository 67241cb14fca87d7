// Runs the conformance tests of each store on Node 20, 22 and 24 with the oldest and the newest SDK that its package
// accepts, and prints a table of it. `--store aws` and `--node 22` choose some of it. Needs the network once, for the
// Node binaries and the SDKs.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process, { env } from 'node:process';
import { parseArgs } from 'node:util';
import { copyWithSdks } from '../test/compatibility/copy-with-sdks.mjs';
import { judgeRun } from './lib/judge-run.mjs';
import { installLocked, installNode } from './lib/node-binaries.mjs';
import { isAccepted, lowestVersion } from './lib/version-range.mjs';
import { VITEST } from './lib/vitest.mjs';
import { listPackages, readJson, ROOT } from './lib/workspace.mjs';

const NODES = ['20', '22', '24'];
/** Node 20 gets the workspace's own: the newest that still declares it, where newer ones need Node 22. */
const SDK_SETS = [
  { name: 'oldest', folderOn: () => 'test/oldest' },
  { name: 'newest', folderOn: (node) => (node === '20' ? undefined : 'test/newest') },
];
/** SDKs that a backend depends on itself; all others are peers. */
const OWN_SDKS = new Set(['dotenv']);
const NOTE_LOADS = new URL('../test/compatibility/note-loads.mjs', import.meta.url).href;

/** Backends that have conformance tests, each with the SDKs that it imports, and which versions of them it accepts. */
function listStores() {
  return listPackages(ROOT)
    .filter(({ name, isBackend }) => isBackend && existsSync(join(ROOT, `test/conformance/${name}.test.ts`)))
    .map(({ name, manifest: { dependencies = {}, peerDependencies = {} } }) => {
      const own = Object.keys(dependencies).filter((dependency) => OWN_SDKS.has(dependency));
      const ranges = Object.fromEntries(own.map((sdk) => [sdk, findCatalogRange(sdk)]));
      return { name, ranges: { ...ranges, ...peerDependencies } };
    });
}

/** Of the catalog in pnpm-workspace.yaml. */
function findCatalogRange(name) {
  const catalog = readFileSync(join(ROOT, 'pnpm-workspace.yaml'), 'utf8');
  return new RegExp(`^  '?${name}'?: (\\S+)$`, 'm').exec(catalog)?.[1];
}

/** What the two folders have is what the packages say. */
function findWrongVersions(stores) {
  const [oldest, newest] = ['oldest', 'newest'].map(
    (set) => readJson(join(ROOT, `test/${set}/package.json`)).dependencies,
  );
  return stores.flatMap(({ name, ranges }) =>
    Object.entries(ranges).flatMap(([sdk, range]) => {
      const accepts = `, and packages/${name} accepts ${range}`;
      const faults = [];
      if (lowestVersion(range) !== oldest[sdk])
        faults.push(`test/oldest has ${sdk} ${oldest[sdk]}${accepts}`);
      if (newest[sdk] === undefined || !isAccepted(range, newest[sdk]))
        faults.push(`test/newest has ${sdk} ${newest[sdk]}${accepts}`);
      return faults;
    }),
  );
}

/** One cell of the table: one store, on one Node, with the SDKs that the checkout at `root` finds. */
function runCell(store, node, { root, folder }) {
  const notes = mkdtempSync(join(tmpdir(), 'mhk-compatibility-'));
  const files = {
    CONFORMANCE_RESULTS: join(notes, 'results.json'),
    MHK_LOADED_FILES: join(notes, 'loaded.txt'),
  };
  const args = [VITEST, 'run', '--project', 'conformance', `test/conformance/${store.name}.test.ts`];
  try {
    const run = spawnSync(node.binary, args, {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 2 ** 27,
      env: { ...env, ...files, NODE_OPTIONS: `--import=${NOTE_LOADS}`, NO_COLOR: '1' },
    });
    const results = existsSync(files.CONFORMANCE_RESULTS) ? readJson(files.CONFORMANCE_RESULTS) : [];
    const loaded = existsSync(files.MHK_LOADED_FILES)
      ? readFileSync(files.MHK_LOADED_FILES, 'utf8').split('\n')
      : [];
    return judgeRun(Object.keys(store.ranges), {
      run,
      results,
      loaded,
      sdkFolder: folder && join(ROOT, folder),
    });
  } finally {
    rmSync(notes, { recursive: true });
  }
}

function printTable(rows) {
  const cells = [
    ['store', 'Node', 'SDK', 'result', 'tests', 'really loaded'],
    ...rows.map(({ store, node, set, isGood, tests, versions }) => [
      store.name,
      node.version,
      set.name,
      isGood ? 'ok' : 'FAILED',
      tests,
      versions.join(', '),
    ]),
  ];
  const widths = cells[0].map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  for (const row of cells)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    );
}

/** The checkout itself, or a copy of it that finds the SDKs of that folder; the same one each time. */
async function checkoutWith(folder, copies) {
  if (folder === undefined) return ROOT;
  if (!copies.has(folder)) {
    installLocked(join(ROOT, folder));
    const copy = realpathSync(mkdtempSync(join(tmpdir(), 'mhk-compatibility-')));
    copies.set(folder, copy);
    await copyWithSdks(ROOT, copy, join(ROOT, folder));
  }
  return copies.get(folder);
}

async function runAll(stores, nodes, copies) {
  const rows = [];
  for (const store of stores) {
    for (const node of nodes) {
      for (const set of SDK_SETS) {
        const folder = set.folderOn(node.major);
        const cell = runCell(store, node, { folder, root: await checkoutWith(folder, copies) });
        console.log(`${store.name}, Node ${node.version}, ${set.name} SDK: ${cell.isGood ? 'ok' : 'FAILED'}`);
        if (!cell.isGood) console.error(cell.details);
        rows.push({ store, node, set, ...cell });
      }
    }
  }
  return rows;
}

async function main() {
  const { values } = parseArgs({
    options: { store: { type: 'string', multiple: true }, node: { type: 'string', multiple: true } },
  });
  const stores = listStores().filter(({ name }) => values.store?.includes(name) ?? true);
  const wrong = findWrongVersions(stores);
  for (const fault of wrong) console.error(fault);
  const nodes = (values.node ?? NODES).map((major) => ({ major, ...installNode(major) }));
  const copies = new Map();
  try {
    const rows = await runAll(stores, nodes, copies);
    const failed = rows.filter(({ isGood }) => !isGood).length;
    console.log('');
    printTable(rows);
    console.log(`\n${rows.length - failed} of ${rows.length} runs passed`);
    if (failed > 0 || rows.length === 0 || wrong.length > 0) process.exitCode = 1;
  } finally {
    for (const copy of copies.values()) rmSync(copy, { recursive: true });
  }
}

await main();
