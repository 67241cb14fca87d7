import assert from 'node:assert/strict';
import { needsNetwork, needsPermissions, type ConformanceCase } from '../conformance-case.ts';
import { expectHint } from '../expect-hint.ts';

/** How a store says no, and what becomes of it. */
export const FAILURE_CASES: readonly ConformanceCase[] = [
  {
    id: 'denied',
    title: 'says access_denied, and what to do, when the store refuses',
    skip: needsPermissions,
    async run(trial) {
      await trial.store();
      await trial.break('denied');
      expectHint(await trial.fails(['access_denied']));
    },
  },
  {
    id: 'unauthenticated',
    title: 'says unauthenticated, and what to do, when the store does not know us',
    skip: needsPermissions,
    async run(trial) {
      await trial.store();
      await trial.break('unauthenticated');
      expectHint(await trial.fails(['unauthenticated']));
    },
  },
  {
    id: 'disabled',
    title: 'says disabled when the secret is there but not in force',
    skip: ({ harness }) => (harness.disable ? undefined : 'a secret is in force there, or gone'),
    async run(trial) {
      await trial.store();
      await trial.disable();
      await trial.fails(['disabled']);
    },
  },
  {
    id: 'throttled',
    title: 'says throttled, and for how long where the store says it',
    skip: needsNetwork,
    async run(trial) {
      await trial.store();
      await trial.break('throttled');
      const { retryAfterMs } = await trial.fails(['throttled']);
      const asked = trial.harness.retryAfterMs;
      if (asked === undefined) return;
      assert.ok(retryAfterMs !== undefined, `it does not pass on that the store asked for ${asked} ms`);
      // A store that names a moment rather than a time is a little nearer to it by now.
      assert.ok(
        retryAfterMs > asked - 1500 && retryAfterMs <= asked,
        `the store asked for ${asked} ms, and ${retryAfterMs} ms were passed on`,
      );
    },
  },
  {
    id: 'unavailable',
    title: 'says unavailable when the store can not answer now',
    skip: needsNetwork,
    async run(trial) {
      await trial.store();
      await trial.break('unavailable');
      await trial.fails(['unavailable']);
    },
  },
  {
    id: 'malformed',
    title: 'takes an answer that makes no sense for a failure, and quotes nothing of it',
    skip: needsNetwork,
    async run(trial) {
      await trial.store();
      await trial.break('malformed');
      await trial.fails(['unavailable', 'unknown', 'invalid_key']);
    },
  },
  {
    id: 'healed',
    title: 'gives the key again as soon as the store is well',
    skip: needsNetwork,
    async run(trial) {
      const key = await trial.store();
      await trial.break('unavailable');
      const reader = trial.open();
      await reader.read().catch((error: unknown) => trial.staysHidden(error, 'the error'));
      await trial.heal();
      await trial.reads(reader, key);
    },
  },
];
