import assert from 'node:assert/strict';
import { needsNetwork, type ConformanceCase } from '../conformance-case.ts';
import { judgeReading } from '../judge-reading.ts';
import type { Reader, StartedRead } from '../route.ts';
import { settlesWithin } from '../settles-within.ts';
import type { Trial } from '../trial.ts';
import { whenRequested } from '../when-requested.ts';

const LIMIT_MS = 250;

/** A store that never answers, and a caller who gives up. */
export const ABORT_CASES: readonly ConformanceCase[] = [
  {
    id: 'abort',
    title: 'ends a read that hangs within 250 ms of its abort',
    skip: needsNetwork,
    async run(trial) {
      await trial.store();
      await trial.break('hang');
      const reader = trial.open();
      const started = await whenRequested(trial, () => reader.start());
      started.abort();
      await expectEnd(trial, reader, started);
    },
  },
  {
    id: 'aborted-before',
    title: 'ends a read whose signal was aborted before it began',
    routes: ['source', 'first-found'],
    skip: needsNetwork,
    async run(trial) {
      await trial.store();
      await trial.break('hang');
      const reader = trial.open();
      await expectEnd(trial, reader, reader.start(AbortSignal.abort()));
    },
  },
];

async function expectEnd(trial: Trial, { source }: Reader, { ended }: StartedRead): Promise<void> {
  const hasEnded = await trial.scope.outside(() => settlesWithin(ended, LIMIT_MS));
  assert.ok(hasEnded, `the read goes on ${LIMIT_MS} ms after its abort`);
  const ending = await ended;
  if (!('error' in ending)) assert.fail('the read gave a key that the store never sent');
  const error: unknown = await judgeReading(source, ending).catch((judged: unknown) => judged);
  trial.staysHidden(error, 'the error');
}
