// Prints why conformance tests were left out: the tests that are not run must be as easy to see as those that fail.
// Where CONFORMANCE_RESULTS names a file, it also gets every result as JSON, for scripts/support-matrix.mjs.
import { writeFileSync } from 'node:fs';
import process from 'node:process';

const PROJECTS = new Set(['conformance', 'live']);
const HEADING = / conforms$/;

export default class ConformanceReporter {
  onTestRunEnd(testModules) {
    const tests = testModules
      .filter(({ project }) => PROJECTS.has(project.name))
      .flatMap((testModule) => [...testModule.children.allTests()]);
    const results = tests.flatMap(readResult);
    printSkips(results);
    printNotRun(tests);
    const { CONFORMANCE_RESULTS: file } = process.env;
    if (file) writeFileSync(file, JSON.stringify(results));
  }
}

/** None for tests that are not the kit's, and for those that a filter left out. */
function readResult(testCase) {
  const { state, note } = testCase.result();
  const route = testCase.parent;
  const store = route?.parent;
  if (store?.type !== 'suite' || !HEADING.test(store.name) || state === 'pending') return [];
  if (state === 'skipped' && note === undefined) return [];
  const title = testCase.name;
  return [{ store: store.name.replace(HEADING, ''), route: route.name, title, state, reason: note }];
}

function printSkips(results) {
  const stores = groupBy(results, ({ store }) => store);
  for (const store of [...stores.keys()].toSorted(byText)) {
    const tests = stores.get(store);
    const skipped = tests.filter(({ state }) => state === 'skipped');
    if (skipped.length === 0) continue;
    console.log(`\n${store}: ${skipped.length} of ${tests.length} conformance tests left out`);
    for (const [reason, left] of groupBy(skipped, (test) => test.reason)) {
      const { size } = new Set(left.map(({ title }) => title));
      console.log(`  ${reason}: ${size} ${size === 1 ? 'case' : 'cases'}`);
    }
  }
}

/** A store of the live suite that the environment does not name has one test below its heading, which is skipped. */
function printNotRun(tests) {
  const notRun = tests.filter(({ parent }) => parent.parent?.type === 'module' && HEADING.test(parent.name));
  for (const [reason, stores] of groupBy(notRun, (test) => test.result().note)) {
    const names = stores.map(({ parent }) => parent.name.replace(HEADING, '')).toSorted(byText);
    console.log(`\nNot run: ${names.join('; ')}\n  ${reason}`);
  }
}

/** Node 20 has no Map.groupBy. */
function groupBy(items, keyOf) {
  const groups = new Map();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

export function byText(one, other) {
  return one < other ? -1 : Number(one > other);
}
