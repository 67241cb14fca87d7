import assert from 'node:assert/strict';
import type { ConformanceCase } from '../conformance-case.ts';
import { observeHandles } from '../observe-handles.ts';
import { happensWithin } from '../settles-within.ts';
import { takeTour } from '../tour.ts';
import { expectNothing, PRINTED, REJECTED } from '../trial-journal.ts';

const CLOSING_LIMIT_MS = 1000;

/** What a source leaves behind in the process of whoever uses it. */
export const MANNER_CASES: readonly ConformanceCase[] = [
  {
    id: 'quiet',
    title: 'prints nothing, whatever happens',
    async run(trial) {
      await takeTour(trial);
      await trial.settle();
      expectNothing(trial.journal.printed, PRINTED);
      trial.journal.judged.add('printed');
    },
  },
  {
    id: 'no-unhandled-rejection',
    title: 'leaves no promise to fail alone, whatever happens',
    async run(trial) {
      await takeTour(trial);
      await trial.settle();
      expectNothing(trial.journal.rejected, REJECTED);
      trial.journal.judged.add('rejected');
    },
  },
  {
    id: 'no-handles',
    title: 'leaves no timer and no socket open after its end',
    async run(trial) {
      const handles = observeHandles(trial.scope.isInside);
      try {
        await takeTour(trial);
        // A socket needs a moment to close.
        await trial.scope.outside(() => happensWithin(() => handles.open().length === 0, CLOSING_LIMIT_MS));
        assert.deepEqual(handles.open(), [], 'something is open after close()');
      } finally {
        handles.stop();
      }
    },
  },
  {
    id: 'opaque',
    title: 'shows no secret when it is printed itself',
    routes: ['source'],
    async run(trial) {
      await trial.store();
      const reader = trial.open();
      trial.staysHidden(reader.source, 'the source');
      await trial.reads(reader);
      trial.staysHidden(reader.source, 'the source, after a read');
    },
  },
];
