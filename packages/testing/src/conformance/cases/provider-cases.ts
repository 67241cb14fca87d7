import assert from 'node:assert/strict';
import type { ApiKey, ManagedKeyProvider } from '@magic-hour-keys/core';
import { needsNetwork, type ConformanceCase } from '../conformance-case.ts';
import type { Trial } from '../trial.ts';

const routes = ['provider'] as const;
const CALLERS = 20;

/** What a provider makes of the source. */
export const PROVIDER_CASES: readonly ConformanceCase[] = [
  {
    id: 'peek',
    title: 'has its key at hand once it was read, without a request',
    routes,
    async run(trial) {
      const { provider, key } = await openWithKey(trial);
      let peeked: ApiKey | undefined;
      const requests = await trial.countRequests(async () => {
        peeked = provider.peek();
        await trial.settle();
      });
      assert.ok(peeked?.reveal() === key, 'peek() gives no key, or another one');
      assert.equal(requests, 0, 'peek() asked the store');
    },
  },
  {
    id: 'one-flight',
    title: 'asks the store once for many callers',
    routes,
    async run(trial) {
      const { provider } = await openWithKey(trial);
      provider.invalidate();
      const requests = await trial.countRequests(() =>
        Promise.all(Array.from({ length: CALLERS }, () => provider.getKey())),
      );
      assert.equal(requests, 1, `${CALLERS} callers asked the store ${requests} times`);
    },
  },
  {
    id: 'renew',
    title: 'gives the new key when the old one was rejected',
    routes,
    async run(trial) {
      const { provider, rejected } = await openWithKey(trial);
      const next = await trial.store();
      let renewed: ApiKey | undefined;
      const requests = await trial.countRequests(async () => {
        renewed = await provider.renew(rejected);
      });
      assert.ok(renewed?.reveal() === next, 'renew() gives no key, or another one');
      assert.equal(requests, 1, `renew() asked the store ${requests} times`);
    },
  },
  {
    id: 'renew-same',
    title: 'gives no other key when the store still has the rejected one',
    routes,
    async run(trial) {
      const { provider, rejected } = await openWithKey(trial);
      assert.ok((await provider.renew(rejected)) === undefined, 'renew() gave a key');
    },
  },
  {
    id: 'renew-store-down',
    title: 'gives no other key, and no error, when the store is down',
    routes,
    skip: needsNetwork,
    async run(trial) {
      const { provider, rejected } = await openWithKey(trial);
      await trial.break('unavailable');
      assert.ok((await provider.renew(rejected)) === undefined, 'renew() gave a key');
    },
  },
  {
    id: 'serves-on',
    title: 'serves the last good key while the store is down',
    routes,
    skip: needsNetwork,
    async run(trial) {
      const { provider, key } = await openWithKey(trial);
      await trial.break('unavailable');
      provider.invalidate();
      assert.ok((await provider.getKey()).reveal() === key, 'getKey() gave another key');
      assert.equal(provider.health().lastErrorCode, 'unavailable');
    },
  },
];

interface WithKey {
  readonly provider: ManagedKeyProvider;
  readonly key: string;
  readonly rejected: ApiKey;
}

async function openWithKey(trial: Trial): Promise<WithKey> {
  const key = await trial.store();
  const reader = trial.open();
  const { key: rejected } = await trial.reads(reader, key);
  assert.ok(reader.provider, 'this case is for the route through a provider');
  return { provider: reader.provider, key, rejected };
}
