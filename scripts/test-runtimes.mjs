// Tries the packages on Node 20, 22, 24 and 26, on Bun and on Deno, and prints one line for each runtime and part: the
// test suite from the sources, then programs over the packed packages, with their SDKs and clients, against servers of
// this machine. `--runtime bun` and `--part stores` choose some of it. Exit code 1 if something failed. The results of
// whole runtimes go into a file in JSON (--json <file>), where those that were not chosen keep what is known of them, and
// with --write from there into the table of the README. Needs the network, for the packages, and once for the runtimes.
//   --check   runs nothing: only that the table of the README is one that this script writes
import { mkdtemp, rm } from 'node:fs/promises';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { finish, readJson, ROOT, shown } from './lib/workspace.mjs';
import { prepareConsumer } from './runtimes/consumer.mjs';
import { PARTS } from './runtimes/parts.mjs';
import { findTableFaults, renderRuntimes, replaceTable } from './runtimes/readme-table.mjs';
import { runPart } from './runtimes/run-part.mjs';
import { RUNTIMES } from './runtimes/runtimes.mjs';
import { runSuite } from './runtimes/suite.mjs';

const SUITE = 'tests';
const README = join(ROOT, 'README.md');
const CACHED_JSON = join(ROOT, 'node_modules/.cache/magic-hour-keys/runtimes.json');

const { values } = parseArgs({
  options: {
    runtime: { type: 'string', multiple: true },
    part: { type: 'string', multiple: true },
    json: { type: 'string' },
    write: { type: 'boolean' },
    check: { type: 'boolean' },
  },
});

/** @throws Error for a name that there is not, because a run of nothing would pass */
function choose(all, wanted) {
  const unknown = (wanted ?? []).filter((id) => !all.some((entry) => entry.id === id));
  if (unknown.length > 0) {
    throw new Error(`there is no ${unknown.join(', ')}; there are ${all.map(({ id }) => id).join(', ')}`);
  }
  return all.filter(({ id }) => wanted?.includes(id) ?? true);
}

async function runAll(runtimes, parts) {
  const folder = await mkdtemp(join(tmpdir(), 'mhk-runtimes-'));
  try {
    const consumer = parts.some(({ id }) => id !== SUITE) ? await prepareConsumer(folder) : undefined;
    return runtimes.map((runtime) => runRuntime(runtime, parts, consumer));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function runRuntime({ id, name, install, ...about }, parts, consumer) {
  const day = new Date().toISOString().slice(0, 10);
  let runtime;
  try {
    runtime = { id, name, ...about, ...install() };
  } catch (error) {
    const reason = findReason(error);
    console.log(`${name}: not run: ${reason}`);
    return { id, name, day, notRun: reason, parts: [] };
  }
  const { version } = runtime;
  const own = parts.filter(({ only }) => only === undefined || only === id);
  const results = own.map((part) => {
    const began = performance.now();
    const outcome = part.id === SUITE ? runSuite(runtime) : runPart(part, runtime, consumer);
    const seconds = Math.round((performance.now() - began) / 100) / 10;
    console.log(`${name} (${version})  ${part.id}: ${outcome.result}: ${outcome.note} (${seconds} s)`);
    for (const { name: what, why } of outcome.gaps) console.log(`    known: ${what}: ${why}`);
    for (const text of outcome.details) console.log(text.replaceAll(/^/gm, '      '));
    return { id: part.id, seconds, ...outcome };
  });
  return { id, name, day, version, parts: results };
}

async function main() {
  if (values.check) {
    const faults = findTableFaults(readFileSync(README, 'utf8'), RUNTIMES);
    return finish(faults, `${shown(ROOT, README)}: the table has ${RUNTIMES.length} runtimes`);
  }
  const runtimes = choose(RUNTIMES, values.runtime);
  const parts = choose([{ id: SUITE }, ...PARTS], values.part);
  const results = await runAll(runtimes, parts);
  const file = resolve(values.json ?? CACHED_JSON);
  const known = values.part ? results : mergeWithOlder(file, results);
  // Of some parts alone there is no row.
  if (!values.part || values.json) writeJson(file, known);
  const notRun = results.filter((runtime) => runtime.notRun).length;
  const failed = countFailed(results);
  console.log(`\n${results.length - notRun} runtimes, ${notRun} not run, ${failed} parts failed`);
  if (failed > 0 || notRun === results.length) process.exitCode = 1;
  else if (values.write) writeTable(known);
}

/** What npm said is missing, or that there is no network, among all that it prints. */
function findReason({ stderr, message }) {
  const lines = `${stderr ?? ''}\n${message}`.split('\n');
  return (lines.find((line) => /No matching version|404|network|npm has no/i.test(line)) ?? message)
    .replace(/^npm (?:error|ERR!) (?:\w+ )?/, '')
    .trim();
}

function countFailed(results) {
  return results.flatMap((runtime) => runtime.parts).filter(({ result }) => result === 'FAIL').length;
}

function writeJson(file, results) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
}

function writeTable(results) {
  const missing = RUNTIMES.filter(({ id }) => !results.some((result) => result.id === id));
  if (missing.length > 0) throw new Error(`not tried yet: ${missing.map(({ name }) => name).join(', ')}`);
  if (values.part || countFailed(results) > 0)
    throw new Error('the table is of runs of all parts that passed');
  writeFileSync(README, replaceTable(readFileSync(README, 'utf8'), renderRuntimes(results)));
  console.log(`wrote the table of ${shown(ROOT, README)}`);
}

/** Runs of some runtimes leave the results of others as they are, each with its own day. */
function mergeWithOlder(file, results) {
  const older = existsSync(file) ? readJson(file) : [];
  return RUNTIMES.flatMap(({ id }) => [...results, ...older].find((result) => result.id === id) ?? []);
}

await main();
