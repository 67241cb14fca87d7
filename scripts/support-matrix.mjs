// Writes docs/support-matrix.md: which store passes which case of the conformance kit, and why it is left out of others.
// It runs the conformance tests for that, or takes the results of a run that wrote them: CONFORMANCE_RESULTS, a file.
// With --check it writes nothing, and fails when the file is not what would be written. Needs the built packages,
// because the order of the cases is that of the kit.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { argv, env, execPath } from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { byText } from './lib/conformance-reporter.mjs';
import { renderTable } from './lib/markdown-table.mjs';
import { VITEST } from './lib/vitest.mjs';
import { readJson, ROOT, shown } from './lib/workspace.mjs';

const target = join(ROOT, 'docs/support-matrix.md');

const INTRODUCTION = `# What every backend does

Written by \`node scripts/support-matrix.mjs\` from a run of the conformance tests; do not edit.

Each case runs on the source itself, through \`createKeyProvider\` and through \`firstFound\`, wherever it can be seen.
No error of any case gives away a key or a credential. A number says why a case is left out.
`;

/** The text of the file. `cases` are the kit's, `results` those of the reporter. */
export function renderMatrix(cases, results) {
  const stores = [...new Set(results.map(({ store }) => store))].toSorted(byText);
  const reasons = [];
  const rows = cases.map(({ title }) => [title, ...stores.map((store) => cellOf(store, title))]);
  const notes = reasons.map((reason, index) => `${index + 1}. ${reason}\n`);
  return [INTRODUCTION, renderTable(['A source of this store …', ...stores], rows), notes.join('')]
    .filter((part) => part !== '')
    .join('\n');

  function cellOf(store, title) {
    const found = results.filter((result) => result.store === store && result.title === title);
    if (found.length === 0) throw new Error(`${store}: no result for "${title}"`);
    if (found.every(({ state }) => state === 'passed')) return 'yes';
    if (found.some(({ state }) => state !== 'skipped')) throw new Error(`${store}: "${title}" failed`);
    const [{ reason }] = found;
    if (!reasons.includes(reason)) reasons.push(reason);
    return `– ${reasons.indexOf(reason) + 1}`;
  }
}

function runConformance() {
  const folder = mkdtempSync(join(tmpdir(), 'mhk-support-matrix-'));
  const file = join(folder, 'results.json');
  const reporter = join(ROOT, 'scripts/lib/conformance-reporter.mjs');
  const args = [VITEST, 'run', '--project', 'conformance', '--reporter', 'dot', '--reporter', reporter];
  try {
    execFileSync(execPath, args, { cwd: ROOT, stdio: 'inherit', env: { ...env, CONFORMANCE_RESULTS: file } });
    return readJson(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Those of a run of all the tests a moment ago, where it left them. */
function readResults() {
  const { CONFORMANCE_RESULTS: file } = env;
  return file && existsSync(file) ? readJson(file) : runConformance();
}

async function main() {
  const built = join(ROOT, 'packages/testing/dist/conformance/index.js');
  if (!existsSync(built)) throw new Error(`${shown(ROOT, built)} is missing; run the build first`);
  const { CONFORMANCE_CASES } = await import(pathToFileURL(built).href);
  const text = renderMatrix(CONFORMANCE_CASES, readResults());
  const path = shown(ROOT, target);
  if (!argv.includes('--check')) {
    writeFileSync(target, text);
    return console.log(`wrote ${path}`);
  }
  const isCurrent = existsSync(target) && readFileSync(target, 'utf8') === text;
  if (isCurrent) return console.log(`${path} is up to date`);
  console.error(`${path} differs from what the tests show; run: node scripts/support-matrix.mjs`);
  process.exitCode = 1;
}

if (resolve(argv[1] ?? '') === fileURLToPath(import.meta.url)) await main();
