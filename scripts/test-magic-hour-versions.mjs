// Runs the tests of the SDK's adapter with every version of `magic-hour` that npm has, or with those that argv names,
// and prints a table of it. Needs the network.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process, { argv, env } from 'node:process';
import { VITEST } from './lib/vitest.mjs';
import { ROOT } from './lib/workspace.mjs';

/** Those that load the SDK by the name in MAGIC_HOUR_SDK. */
const TESTS = ['', '-generate', '-storm', '-leaks', '-redirects'].map(
  (part) => `test/integration/http/magic-hour${part}.test.ts`,
);

function listVersions() {
  const printed = execFileSync('npm', ['view', 'magic-hour', 'versions', '--json'], { encoding: 'utf8' });
  return [JSON.parse(printed)].flat();
}

/** @returns the file with which the package begins. */
function install(version, folder) {
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const args = [
    'install',
    '--no-audit',
    '--no-fund',
    '--no-save',
    '--ignore-scripts',
    `magic-hour@${version}`,
  ];
  execFileSync('npm', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  return createRequire(join(folder, 'package.json')).resolve('magic-hour');
}

function runTests(version) {
  const cache = join(ROOT, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'magic-hour-'));
  try {
    const args = [VITEST, 'run', '--project', 'integration', '--reporter', 'json', ...TESTS];
    const run = spawnSync(process.execPath, args, {
      cwd: ROOT,
      encoding: 'utf8',
      maxBuffer: 2 ** 27,
      env: { ...env, MAGIC_HOUR_SDK: install(version, folder), NO_COLOR: '1' },
    });
    return judge(version, run);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A run in which no test named the version proves nothing about it. */
function judge(version, { status, stdout, stderr }) {
  const report = readReport(stdout);
  const tests = report?.testResults.flatMap(({ assertionResults }) => assertionResults) ?? [];
  const named = tests.filter(({ fullName }) => fullName.includes(`magic-hour ${version}`));
  const failed = tests.filter((test) => test.status === 'failed').map(({ fullName }) => fullName);
  const isGood = status === 0 && named.length > 0 && failed.length === 0;
  return { version, isGood, tests: named.length, details: failed.join('\n') || stderr };
}

function readReport(printed) {
  try {
    return JSON.parse(printed.slice(printed.indexOf('{"')));
  } catch {
    return undefined;
  }
}

const asked = argv.slice(2);
const results = (asked.length > 0 ? asked : listVersions()).map(runTests);
for (const { version, isGood, tests, details } of results) {
  console.log(`magic-hour ${version.padEnd(10)} ${isGood ? 'ok    ' : 'FAILED'} ${tests} tests`);
  if (!isGood) console.error(details);
}
console.log(`${results.filter(({ isGood }) => isGood).length} of ${results.length} versions passed`);
if (results.length === 0 || results.some(({ isGood }) => !isGood)) process.exitCode = 1;
