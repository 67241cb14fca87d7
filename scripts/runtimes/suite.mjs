import { mkdtempSync, existsSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readJson, ROOT } from '../lib/workspace.mjs';
import { describeRun, start } from './start.mjs';

const VITEST = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const LONGEST_MS = 15 * 60_000;

/** From the sources, by vitest: on Node the unit tests and the conformance tests, elsewhere the conformance tests. */
export function runSuite(runtime) {
  const folder = mkdtempSync(join(tmpdir(), 'mhk-runtimes-'));
  const file = join(folder, 'results.json');
  const projects = runtime.isNode ? ['unit', 'conformance'] : ['conformance'];
  const args = [
    ...projects.flatMap((project) => ['--project', project]),
    ...['--reporter', 'json', '--outputFile', file],
  ];
  const tool = { ...runtime, args: [...(runtime.argsOfTools ?? []), ...runtime.args] };
  try {
    const run = start(tool, VITEST, { cwd: ROOT, programArgs: ['run', ...args], longestMs: LONGEST_MS });
    return judgeSuite(run, existsSync(file) ? readJson(file) : undefined, { runtime, projects });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @param report of vitest's JSON reporter */
export function judgeSuite(run, report, { runtime, projects }) {
  const what = projects.join(' and ');
  if (!report || report.numTotalTests === 0) {
    return { result: 'FAIL', note: what, gaps: [], details: [describeRun(run)] };
  }
  const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  const failed = tests.filter(({ status }) => status === 'failed');
  const gaps = (runtime.knownTests ?? []).filter(({ title }) => failed.some((test) => title.test(test.fullName)));
  const faults = [
    ...report.testResults
      .filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0)
      .map(({ name, message }) => `${name} does not load: ${message}`),
    ...failed
      .filter(({ fullName }) => !gaps.some(({ title }) => title.test(fullName)))
      .map(({ fullName, failureMessages }) => `${fullName}\n${failureMessages.join('\n').slice(0, 1000)}`),
  ];
  const passed = tests.length - failed.length - count(tests, 'pending') - count(tests, 'skipped');
  return {
    result: faults.length > 0 ? 'FAIL' : 'ok',
    note: `${what}: ${passed} passed${failed.length > 0 ? `, ${failed.length} of known gaps failed` : ''}`,
    passed,
    projects,
    gaps: gaps.map(({ name, why }) => ({ name, why })),
    details: faults,
  };
}

function count(tests, status) {
  return tests.filter((test) => test.status === status).length;
}
