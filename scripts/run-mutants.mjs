// Breaks one rule at a time in a copy of the repository and asks the tests to notice: `test/mutants/*.json`, each with
// the file, a text that stands in it exactly once, what to put in its place, and the tests that must fail then.
// Arguments are names of mutants; without any, all of them run.
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { copyWorkspace } from '../test/mutants/copy-workspace.mjs';
import { readJson, ROOT } from './lib/workspace.mjs';

const FOLDER = join(ROOT, 'test/mutants');
/** T-2: a mutant that outlives so many random runs counts as not found. */
const RUNS_FOR_MUTANTS = 10_000;
const RUNS_WITHOUT = 500;
const LIMIT_MS = 240_000;

const temporary = await mkdtemp(join(tmpdir(), 'mutants-'));
try {
  process.exitCode = await main(await readMutants(process.argv.slice(2)));
} finally {
  await rm(temporary, { recursive: true, force: true });
}

async function main(mutants) {
  const began = Date.now();
  const copies = await Promise.all(
    Array.from({ length: Math.min(2, availableParallelism(), mutants.length) }, (_, index) =>
      makeCopy(index),
    ),
  );
  const unfit = mutants.filter(({ problem }) => problem);
  for (const { name, problem } of unfit) console.error(`${name}: ${problem}`);
  if (unfit.length > 0) return 1;
  const tests = [...new Set(mutants.flatMap((mutant) => mutant.tests))];
  const sound = await runTests(copies[0], tests, RUNS_WITHOUT);
  if (sound.failed.length > 0 || sound.code !== 0) {
    console.error(`The tests fail without any mutant:\n${sound.failed.join('\n') || sound.output}`);
    return 1;
  }
  const queue = [...mutants];
  const results = [];
  await Promise.all(
    copies.map(async (copy) => {
      for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
        results.push(await tryMutant(copy, mutant));
      }
    }),
  );
  show(results.toSorted((one, other) => one.name.localeCompare(other.name)));
  const survivors = results.filter(({ killedBy }) => !killedBy);
  const seconds = Math.round((Date.now() - began) / 1000);
  console.log(`\n${results.length - survivors.length} of ${results.length} mutants killed in ${seconds} s`);
  return survivors.length === 0 ? 0 : 1;
}

async function readMutants(names) {
  const files = (await readdir(FOLDER)).filter((file) => file.endsWith('.json')).toSorted();
  const all = await Promise.all(
    files.map(async (file) => {
      const mutant = readJson(join(FOLDER, file));
      const name = file.replace(/\.json$/, '');
      return { ...mutant, name, problem: await findProblem(mutant) };
    }),
  );
  const unknown = names.filter((name) => !all.some((mutant) => mutant.name === name));
  if (unknown.length > 0) throw new Error(`there is no mutant ${unknown.join(', ')}`);
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
}

async function findProblem({ file, find, replace, why, tests }) {
  if (!why || !tests?.length || replace === undefined) return 'needs why, file, find, replace and tests';
  const source = await readFile(join(ROOT, file), 'utf8').catch(() => '');
  const count = source.split(find).length - 1;
  return count === 1
    ? undefined
    : `its text stands ${count} times in ${file}, not once: adapt it to the code`;
}

async function makeCopy(index) {
  const copy = join(temporary, String(index));
  await mkdir(copy);
  await copyWorkspace(ROOT, copy);
  return copy;
}

async function tryMutant(copy, { name, file, find, replace, why, tests }) {
  const path = join(copy, file);
  const source = await readFile(path, 'utf8');
  const began = Date.now();
  await writeFile(
    path,
    source.replace(find, () => replace),
  );
  const { failed, output, code } = await runTests(copy, tests, RUNS_FOR_MUTANTS);
  await writeFile(path, source);
  // A file that can't be loaded fails as well, and proves nothing.
  const killedBy = failed.length > 0 ? failed[0] : undefined;
  if (!killedBy && code !== 0) console.error(`${name}: no test failed, but the run did:\n${output}`);
  return { name, why, killedBy, seconds: (Date.now() - began) / 1000 };
}

/** Which tests failed, as `file > title`. */
async function runTests(copy, tests, runs) {
  const report = join(copy, 'mutant-report.json');
  await rm(report, { force: true });
  const { code, output } = await vitest(
    copy,
    ['--project', 'unit', ...tests, '--bail', '1', '--reporter', 'json', '--outputFile', report],
    { FC_RUNS: String(runs), FC_SHRINK: 'no' },
  );
  const { testResults = [] } = JSON.parse(await readFile(report, 'utf8').catch(() => '{}'));
  const failed = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === 'failed')
      .map(({ fullName }) => `${relative(copy, name)} > ${fullName}`),
  );
  return { code, output, failed };
}

function vitest(copy, args, environment) {
  return new Promise((done) => {
    const bin = join(copy, 'node_modules/vitest/vitest.mjs');
    const child = spawn(process.execPath, [bin, 'run', ...args], {
      cwd: copy,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LIMIT_MS,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => (output = `${output}${chunk}`.slice(-4000)));
    }
    child.on('close', (code) => done({ code, output }));
  });
}

function show(results) {
  const width = Math.max(...results.map(({ name }) => name.length));
  for (const { name, why, killedBy, seconds } of results) {
    const time = `${seconds.toFixed(1)} s`.padStart(7);
    console.log(`${killedBy ? 'killed  ' : 'SURVIVED'} ${name.padEnd(width)} ${time}  ${killedBy ?? why}`);
  }
}
