import assert from 'node:assert/strict';
import type { ConformanceCase } from '../conformance-case.ts';
import type { Reader } from '../route.ts';

/** The end of a source. */
export const CLOSING_CASES: readonly ConformanceCase[] = [
  {
    id: 'close-twice',
    title: 'can be closed twice',
    async run(trial) {
      await trial.store();
      const reader = trial.open();
      await trial.reads(reader);
      await expectClose(reader, 'the first close');
      await expectClose(reader, 'the second close');
    },
  },
  {
    id: 'close-unread',
    title: 'can be closed without ever being read',
    async run(trial) {
      await expectClose(trial.open(), 'the close');
    },
  },
];

async function expectClose(reader: Reader, what: string): Promise<void> {
  try {
    await reader.close();
  } catch (error) {
    assert.fail(`${what} failed with ${error instanceof Error ? error.name : typeof error}`);
  }
}
