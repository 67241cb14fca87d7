import { listKnownTests } from './known-gaps.mjs';
import { describeRun } from './start.mjs';

/** Of the stack of one test. */
const MOST_TEXT = 1000;

/**
 * @param report of vitest's JSON reporter
 * @param about `files` are the paths of those that should have been run: what ends its process takes others along
 */
export function judgeSuite(run, report, { runtime, projects, files }) {
  const what = projects.join(' and ');
  if (!report || report.numTotalTests === 0) {
    return { result: 'FAIL', note: what, gaps: [], details: [describeRun(run)] };
  }
  const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  const failed = tests.filter(({ status }) => status === 'failed');
  const gaps = listKnownTests(runtime.id).filter(({ titles }) =>
    failed.some((test) => titles.test(test.fullName)),
  );
  const isKnown = ({ fullName }) => gaps.some(({ titles }) => titles.test(fullName));
  const seen = new Set(report.testResults.map(({ name }) => name));
  const faults = [
    ...files.filter((file) => !seen.has(file)).map((file) => `${file} left no result`),
    ...report.testResults
      .filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0)
      .map(({ name, message }) => `${name} does not load: ${message}`),
    ...failed
      .filter((test) => !isKnown(test))
      .map(
        ({ fullName, failureMessages }) => `${fullName}\n${failureMessages.join('\n').slice(0, MOST_TEXT)}`,
      ),
  ];
  if (!run.isGood && failed.length === 0 && faults.length === 0) faults.push(describeRun(run));
  const passed = tests.length - failed.length - count(tests, 'pending') - count(tests, 'skipped');
  return {
    result: faults.length > 0 ? 'FAIL' : 'ok',
    note: `${what}: ${passed} passed${failed.length > 0 ? `, ${failed.length} failed` : ''}`,
    passed,
    projects,
    gaps: gaps.map(({ name, why }) => ({ name, why })),
    details: faults,
  };
}

function count(tests, status) {
  return tests.filter((test) => test.status === status).length;
}
