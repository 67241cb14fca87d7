import { expect, test } from 'vitest';
import { makeMemoryHarness, memoryDefinition } from '../../../conformance/harness/memory.ts';
import { collectTests, runTests, withoutRepeats } from './run-kit.ts';
import { WRONG_ANSWERS } from './wrong-sources/wrong-answers.ts';
import { WRONG_FAILURES } from './wrong-sources/wrong-failures.ts';
import { WRONG_MANNERS } from './wrong-sources/wrong-manners.ts';

const WRONG_SOURCES = [...WRONG_ANSWERS, ...WRONG_FAILURES, ...WRONG_MANNERS];

test('a right source passes every case, and none is left out', async () => {
  const { passed, failed, skipped } = await runTests(collectTests(memoryDefinition, makeMemoryHarness));
  expect(Object.fromEntries(failed)).toEqual({});
  expect(Object.fromEntries(skipped)).toEqual({});
  expect(passed).toBeGreaterThan(100);
});

test.each(WRONG_SOURCES)('a source that $mistake is found', async ({ fails, makeHarness, definition }) => {
  const tests = collectTests(definition ?? memoryDefinition, makeHarness);
  const { failed } = await runTests(withoutRepeats(tests));
  const messages = [...failed].map((entry) => entry.join(' at ')).join('\n');
  expect([...failed.keys()].toSorted(), messages).toEqual(fails.toSorted());
});
