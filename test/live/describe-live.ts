import { describeConformance } from '@magic-hour-keys/testing/conformance';
import { afterAll, describe, test } from 'vitest';
import type { LiveHarnesses, LiveStore } from './live-store.ts';
import { LIVE_STORES } from './stores.ts';

const CLEAN_UP_LIMIT_MS = 120_000;

/** Runs the kit against the stores of one backend that the environment names, and says what to set for the others. */
export function describeLive(backend: string): void {
  const stores = LIVE_STORES.filter(({ definition }) => definition.name === backend);
  if (stores.length === 0) throw new Error(`test/live/stores.ts has no store of ${backend}`);
  for (const store of stores) {
    const setup = store.setUp(process.env);
    if ('missing' in setup) describeMissing(store, setup.missing);
    else describeRun(store, setup);
  }
}

/** The reporter tells the reason: a store that was not tried is as easy to see as one that failed. */
function describeMissing({ title }: LiveStore, missing: string): void {
  describe(`${title} conforms`, () => {
    // oxlint-disable-next-line vitest/expect-expect -- there is nothing to look at
    test('to a real store', ({ skip }) => skip(missing));
  });
}

function describeRun({ title, definition }: LiveStore, { makeHarness, cleanUp }: LiveHarnesses): void {
  describe('live', () => {
    describeConformance({ describe, test }, definition, () => makeHarness(), { title });
    afterAll(() => cleanUp?.(), CLEAN_UP_LIMIT_MS);
  });
}
