import { staticKey } from '../../static-key.ts';
import assert from 'node:assert/strict';
import { firstFound, isKeyError } from '@magic-hour-keys/core';
import type { ApiKey } from '@magic-hour-keys/core';
import { makeTestKey } from '../../make-test-key.ts';
import { needsPermissions, type ConformanceCase } from '../conformance-case.ts';
import { judgeReading } from '../judge-reading.ts';
import type { Trial } from '../trial.ts';

const routes = ['first-found'] as const;

/** What a chain makes of the source. */
export const CHAIN_CASES: readonly ConformanceCase[] = [
  {
    id: 'origin',
    title: 'tells that it was the link that answered',
    routes,
    async run(trial) {
      await trial.store();
      const { key, reading } = await trial.reads(trial.open());
      assert.equal(reading.origin?.name, trial.definition.name);
      assert.equal(key.source, trial.definition.name);
    },
  },
  {
    id: 'next-link',
    title: 'lets the next link answer when it has no key',
    routes,
    async run(trial) {
      await trial.store();
      await trial.remove();
      const fallback = makeTestKey();
      const { key } = await readChain(trial, fallback);
      assert.ok(key?.reveal() === fallback, 'the next link was not asked');
    },
  },
  {
    id: 'denied-link',
    title: 'does not let the next link answer when it is refused',
    routes,
    skip: needsPermissions,
    async run(trial) {
      await trial.store();
      await trial.break('denied');
      const { key, error } = await readChain(trial, makeTestKey());
      assert.ok(key === undefined, 'a key of the next link was used in its place');
      trial.staysHidden(error, 'the error');
      assert.ok(isKeyError(error) && error.code === 'access_denied', 'it failed with another code');
      assert.deepEqual(
        error.links?.map(({ source, code }) => `${source}: ${code}`),
        [`${trial.definition.name}: access_denied`],
      );
    },
  },
];

async function readChain(trial: Trial, fallback: string): Promise<{ key?: ApiKey; error?: unknown }> {
  const source = trial.makeSource();
  const chain = firstFound([source, staticKey(fallback)]);
  try {
    const reading = await chain.read({ signal: new AbortController().signal, reason: 'probe' });
    return { key: (await judgeReading(chain, { reading })).key };
  } catch (error) {
    return { error };
  } finally {
    await chain.close?.();
  }
}
