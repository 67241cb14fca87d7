import assert from 'node:assert/strict';
import type { ConformanceCase } from '../conformance-case.ts';
import { observeHandles } from '../observe-handles.ts';

/** When the store is asked, and how often. */
export const REQUEST_CASES: readonly ConformanceCase[] = [
  {
    id: 'lazy',
    title: 'does nothing until it is read',
    async run(trial) {
      await trial.store();
      const handles = observeHandles(trial.scope.isInside);
      const requests = await trial.countRequests(async () => {
        trial.open();
        await trial.settle();
      });
      handles.stop();
      assert.equal(requests, 0, 'creating a source asked the store');
      assert.deepEqual(handles.open(), [], 'creating a source opened something');
    },
  },
  {
    id: 'one-request',
    title: 'asks the store once for every read',
    async run(trial) {
      const key = await trial.store();
      const reader = trial.open();
      // The first read may have a login to make.
      await trial.reads(reader, key);
      const requests = await trial.countRequests(async () => {
        await trial.reads(reader, key);
        await trial.reads(reader, key);
      });
      assert.equal(requests, 2, `two reads asked the store ${requests} times`);
    },
  },
  {
    id: 'overlap',
    title: 'can be read again while a read is under way',
    routes: ['source', 'first-found'],
    async run(trial) {
      const key = await trial.store();
      const reader = trial.open();
      await Promise.all([trial.reads(reader, key), trial.reads(reader, key)]);
    },
  },
];
