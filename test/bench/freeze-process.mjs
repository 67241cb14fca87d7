// Stopped and let go on by `freeze.mjs`, which asks for a key by message, also while this process stands still.
import { makeTestKey } from '@magic-hour-keys/testing';
import { freeze } from './freeze.mjs';

const STORE_LATENCY_MS = 200;
const TTL_MS = 1000;

const { create } = freeze.rows.find(({ name }) => name === process.argv[2]);
const madeAtMs = new Map();
const cache = await create({ load, ttlMs: TTL_MS });
await cache.get();

process.on('message', () => void tellAge());

async function tellAge() {
  const began = performance.now();
  const key = cache.keyOf(await cache.get());
  process.send({ waitMs: performance.now() - began, ageMs: Date.now() - madeAtMs.get(key) });
}
process.send('warm');

async function load() {
  await new Promise((resolve) => setTimeout(resolve, STORE_LATENCY_MS));
  const key = makeTestKey();
  madeAtMs.set(key, Date.now());
  return key;
}
