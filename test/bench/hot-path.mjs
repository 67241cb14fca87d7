import { createKeyProvider } from '@magic-hour-keys/core';
import { makeTestKey, staticKey } from '@magic-hour-keys/testing';
import { OCTOKIT_AUTH_TOKEN, PEERS } from './contenders.mjs';
import { comparePaired } from './paired.mjs';
import { digits } from './table.mjs';

const AN_HOUR_MS = 3_600_000;

// The rows that are as the floor are written out once more: two closures of one function are compiled as neither.
const floorOfPeek = (key) => {
  const cell = { key, until: Date.now() + AN_HOUR_MS };
  return () => (Date.now() < cell.until ? cell.key : undefined);
};
const floorOfGetKey = (key) => {
  const cell = { until: Date.now() + AN_HOUR_MS };
  const settled = Promise.resolve(key);
  return () => (Date.now() < cell.until ? settled : undefined);
};

/** `peek()` of a warm provider against the least that a lazy cache can do: one property, one clock. */
export const peekPath = {
  name: 'peek',
  title: 'the key without waiting; median of 60 paired runs against a property read plus Date.now()',
  rows: [
    syncRow('limit: property read', (key) => {
      const cell = { key };
      return () => cell.key;
    }),
    syncRow('limit: property + Date.now()', (key) => {
      const cell = { key, until: Date.now() + AN_HOUR_MS };
      return () => (Date.now() < cell.until ? cell.key : undefined);
    }),
    {
      ...syncRow('ours: peek()', async () => {
        const provider = await warmProvider();
        return () => provider.peek();
      }),
      wanted: 'ratio ≤ 1.25, no more bytes',
      isReached: ({ ratio, ours, floor }) => ratio <= 1.25 && ours.bytes <= floor.bytes,
    },
    syncRow('process.env (after dotenv)', (key) => {
      process.env.BENCH_KEY = key;
      return () => process.env.BENCH_KEY;
    }),
  ],
  columns: hotColumns,
};

/** Peers have no synchronous get; what they have is compared with ours here. */
export const getKeyPath = {
  name: 'getKey',
  title: 'an awaited get; median of 60 paired runs against awaiting a settled promise plus Date.now()',
  rows: [
    asyncRow('limit: settled promise', (key) => {
      const settled = Promise.resolve(key);
      return () => settled;
    }),
    asyncRow('limit: settled promise + Date.now()', (key) => {
      const cell = { until: Date.now() + AN_HOUR_MS };
      const settled = Promise.resolve(key);
      return () => (Date.now() < cell.until ? settled : undefined);
    }),
    {
      ...asyncRow('ours: getKey()', async () => {
        const provider = await warmProvider();
        return () => provider.getKey();
      }),
      wanted: 'ratio ≤ 1.15',
      isReached: ({ ratio }) => ratio <= 1.15,
    },
    ...[...PEERS, OCTOKIT_AUTH_TOKEN].map(({ name, peer, create }) => ({
      ...asyncRow(name, async (key) => {
        const { get } = await create({ load: async () => key, ttlMs: AN_HOUR_MS });
        await get();
        return get;
      }),
      peer,
    })),
  ],
  columns: hotColumns,
};

async function warmProvider() {
  const provider = createKeyProvider(staticKey(makeTestKey()));
  await provider.getKey();
  return provider;
}

function syncRow(name, prepare) {
  return { name, measure: () => compare(prepare, floorOfPeek, false) };
}

function asyncRow(name, prepare) {
  return { name, measure: () => compare(prepare, floorOfGetKey, true) };
}

async function compare(prepare, prepareFloor, isAsync) {
  const key = makeTestKey();
  return comparePaired({ run: await prepare(key), isAsync }, { run: prepareFloor(key), isAsync });
}

function hotColumns({ ratio, ours, floor }) {
  return {
    'ns/op': digits(ours.ns),
    'floor ns/op': digits(floor.ns),
    ratio: ratio.toFixed(2),
    'bytes/op': ours.bytes,
    'floor bytes/op': floor.bytes,
  };
}
