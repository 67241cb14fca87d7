import { makeTestKey } from '@magic-hour-keys/testing';
import { IDEAL, oursWith, PEERS } from './contenders.mjs';
import { median } from './statistics.mjs';
import { digits } from './table.mjs';

const CALLERS = 10_000;
const STORE_LATENCY_MS = 50;
const PAIRS = 30;
const AN_HOUR_MS = 3_600_000;

export const concurrent = {
  name: 'concurrent',
  title: `${CALLERS.toLocaleString('en')} gets at once on an empty cache, a loader of ${STORE_LATENCY_MS} ms; median of ${PAIRS} paired runs against the ideal cache`,
  rows: [
    row(IDEAL),
    { ...row(oursWith()), wanted: '1 call', isReached: ({ calls }) => calls === 1 },
    ...PEERS.map(row),
  ],
  columns: ({ calls, ms, cpuMs, firstMs, ratio }) => ({
    'loader calls': calls,
    'total ms': digits(ms),
    'x ideal': ratio.toFixed(2),
    'CPU ms': digits(cpuMs),
    'first run ms': digits(firstMs),
  }),
};

function row({ name, peer, create }) {
  return { name, peer, measure: () => measure(create) };
}

async function measure(create) {
  const own = [];
  const ideal = [];
  for (let pair = 0; pair < PAIRS; pair++) {
    const order = pair % 2 === 0 ? [own, ideal] : [ideal, own];
    for (const side of order) side.push(await getAllAtOnce(side === own ? create : IDEAL.create));
  }
  return {
    calls: Math.max(...own.map(({ calls }) => calls)),
    ms: median(own.map(({ ms }) => ms)),
    cpuMs: median(own.map((run) => run.cpuMs)),
    firstMs: own[0].ms,
    ratio: median(own.map(({ ms }, at) => ms / ideal[at].ms)),
  };
}

async function getAllAtOnce(create) {
  let calls = 0;
  const load = async () => {
    calls += 1;
    await new Promise((resolve) => setTimeout(resolve, STORE_LATENCY_MS));
    return makeTestKey();
  };
  const { get, close } = await create({ load, ttlMs: AN_HOUR_MS });
  globalThis.gc?.();
  const began = performance.now();
  const usage = process.cpuUsage();
  await Promise.all(Array.from({ length: CALLERS }, () => get()));
  const ms = performance.now() - began;
  const { user, system } = process.cpuUsage(usage);
  await close?.();
  return { calls, ms, cpuMs: (user + system) / 1000 };
}
