// Tries the oldest and the newest major of every HTTP client, and the Magic Hour SDK, on Node 20, 22 and 24: a request
// with the key, a rotation whose 401 is replayed, and a redirect to another origin, each client in a process of its own.
// Prints a table, writes it in JSON (--json <file>), and with --write into the README of packages/http. `--client got`
// and `--node 22` choose some of it. Needs the network, for the clients, and once for the Node binaries.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { CLIENTS, installClients, readClientManifest } from './lib/http-clients.mjs';
import { renderTable } from './lib/markdown-table.mjs';
import { installNode } from './lib/node-binaries.mjs';
import { ROOT, shown } from './lib/workspace.mjs';

const NODES = ['20', '22', '24'];
const README = join(ROOT, 'packages/http/README.md');
const [START, END] = ['<!-- generated:clients -->\n', '<!-- generated:end -->'];
const LONGEST_MS = 60_000;

/** What came of one client on one Node: `ok`, why it does not load there, or `FAILED` with details. */
function runCell({ recipe, packageName }, node, folder) {
  const { engines = {} } = readClientManifest(folder, packageName);
  const run = spawnSync(node.binary, ['program.mjs', recipe, packageName], {
    cwd: folder,
    encoding: 'utf8',
    timeout: LONGEST_MS,
    env: { PATH: process.env.PATH, MAGIC_HOUR_LOG_LEVEL: 'none' },
  });
  const { loadError, faults } = readLastLine(run.stdout);
  const wanted = engines.node;
  const isForNewer = isTooOld(node.version, wanted);
  if (loadError && isForNewer) return { result: `does not load, needs ${wanted}` };
  if (run.status === 0 && faults?.length === 0)
    return { result: isForNewer ? `ok, asks for ${wanted}` : 'ok' };
  const details = [loadError, ...(faults ?? []), run.error?.message, run.stderr].filter(Boolean).join('\n');
  return { result: 'FAILED', details };
}

function readLastLine(printed) {
  try {
    return JSON.parse(printed.trim().split('\n').at(-1));
  } catch {
    return {};
  }
}

/** Whether the version is below all that the range names, such as `>=22.19.0`. */
function isTooOld(version, range = '') {
  const lowest = range.split('||').map((part) => /\d+(?:\.\d+)*/.exec(part)?.[0] ?? '0');
  return lowest.every((bound) => bound.localeCompare(version.slice(1), 'en', { numeric: true }) > 0);
}

function runAll(clients, nodes, folder) {
  return clients.map((client) => {
    const name = `${client.recipe} ${readClientManifest(folder, client.packageName).version ?? "(Node's own)"}`;
    const cells = nodes.map((node) => {
      const cell = runCell(client, node, folder);
      console.log(`${name}, Node ${node.version}: ${cell.result}`);
      if (cell.details) console.error(cell.details);
      return { node: node.version, ...cell };
    });
    return { name, cells };
  });
}

function render(rows, nodes) {
  return renderTable(
    ['Client', ...nodes.map(({ version }) => `Node ${version.slice(1)}`)],
    rows.map(({ name, cells }) => [name, ...cells.map(({ result }) => result)]),
  );
}

/** Between the two comments, in the place of what stood there. */
function writeReadme(table) {
  const text = readFileSync(README, 'utf8');
  const at = text.indexOf(START);
  const end = text.indexOf(END, at);
  if (at < 0 || end < 0) throw new Error(`${shown(ROOT, README)} has no place for the table`);
  writeFileSync(README, `${text.slice(0, at)}${START}\n${table}\n${text.slice(end)}`);
}

async function main() {
  const { values } = parseArgs({
    options: {
      client: { type: 'string', multiple: true },
      node: { type: 'string', multiple: true },
      json: { type: 'string' },
      write: { type: 'boolean' },
    },
  });
  const clients = CLIENTS.filter(({ recipe }) => values.client?.includes(recipe) ?? true);
  const nodes = (values.node ?? NODES).map(installNode);
  const rows = runAll(clients, nodes, await installClients());
  const cells = rows.flatMap((row) => row.cells);
  const count = (passes) => cells.filter(({ result }) => passes(result)).length;
  const failed = count((result) => result === 'FAILED');
  const table = render(rows, nodes);
  const file = resolve(values.json ?? join(ROOT, 'node_modules/.cache/magic-hour-keys/clients.json'));
  writeFileSync(file, `${JSON.stringify(rows, null, 2)}\n`);
  const ok = count((result) => result.startsWith('ok'));
  console.log(
    `\n${table}\n${cells.length} cells: ${ok} ok, ${cells.length - ok - failed} do not load, ${failed} failed`,
  );
  if (failed > 0 || cells.length === 0) process.exitCode = 1;
  else if (values.write && !values.client && !values.node) writeReadme(table);
}

await main();
