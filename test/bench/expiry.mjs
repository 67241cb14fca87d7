import { IDEAL, oursWith, PEERS } from './contenders.mjs';
import { quantile } from './statistics.mjs';
import { LOAD_MS, runSteadyLoad } from './steady-load.mjs';
import { startStore } from './store.mjs';
import { DOWN, HEALTHY, SILENT } from './store-modes.mjs';
import { digits } from './table.mjs';

const TTL_MS = 1000;
const STORE_LATENCY_MS = 200;
const BLOCKED_MS = 100;
const FAULT_BEGINS_MS = 4000;
const FAULT_ENDS_MS = 8000;
const REST_MS = LOAD_MS - FAULT_ENDS_MS;
const MOST_CALLS_WHEN_DOWN = 16;
/** The rows are idle most of the time: 2,000 gets take a few milliseconds of each second. */
const AT_ONCE = 4;
const LOAD = '2,000 gets/s for 10 s, TTL 1 s, a store of 200 ms';

const ours = oursWith();

export const expiry = {
  name: 'expiry',
  title: LOAD,
  atOnce: AT_ONCE,
  rows: [
    row(IDEAL),
    {
      ...row(ours),
      wanted: '0 blocked',
      isReached: ({ blocked, failed, unhandledRejections }) => blocked + failed + unhandledRejections === 0,
    },
    ...PEERS.map((peer) => row(peer)),
  ],
  columns: (result) => ({
    ...latencies(result),
    blocked: result.blocked,
    failed: result.failed,
    'store calls': result.calls,
    'oldest key ms': digits(result.oldestMs),
  }),
};

export const outage = {
  name: 'down',
  title: `${LOAD}, which resets connections from second 4 to 8`,
  atOnce: AT_ONCE,
  rows: [
    row(IDEAL, DOWN),
    {
      ...row(ours, DOWN),
      wanted: `0 failed, ≤ ${MOST_CALLS_WHEN_DOWN} calls`,
      isReached: ({ failed, unhandledRejections, calls }) =>
        failed + unhandledRejections === 0 && calls <= MOST_CALLS_WHEN_DOWN,
    },
    ...PEERS.map((peer) => row(peer, DOWN)),
  ],
  columns: faultColumns,
};

export const silence = {
  name: 'silent',
  title: `${LOAD}, which answers nothing from second 4 to 8`,
  atOnce: AT_ONCE,
  rows: [
    row(IDEAL, SILENT),
    { ...row(ours, SILENT), ...zeroFailedZeroHung() },
    { ...row(oursWith({ attemptMs: 1000 }, 'ours (attempt 1 s)'), SILENT), ...zeroFailedZeroHung() },
    ...PEERS.map((peer) => row(peer, SILENT)),
  ],
  columns: faultColumns,
};

function zeroFailedZeroHung() {
  return {
    wanted: '0 failed, 0 hung',
    isReached: ({ failed, hung, unhandledRejections }) => failed + hung + unhandledRejections === 0,
  };
}

function row({ name, peer, create }, fault) {
  return { name, peer, measure: () => measure(create, fault) };
}

async function measure(create, fault) {
  const store = await startStore(STORE_LATENCY_MS);
  const cache = await create({ load: store.load, ttlMs: TTL_MS });
  let endedAtMs;
  const steps = [
    [FAULT_BEGINS_MS, () => store.setMode(fault)],
    [
      FAULT_ENDS_MS,
      () => {
        store.setMode(HEALTHY);
        endedAtMs = Date.now();
      },
    ],
  ];
  const gets = await runSteadyLoad(cache, fault === undefined ? [] : steps);
  return { calls: store.calls(), ...judge(gets, store), freshAfterMs: freshAfter(gets, store, endedAtMs) };
}

function judge(gets, store) {
  const ended = gets.filter(({ tookMs }) => tookMs !== undefined);
  const taken = ended.map(({ tookMs }) => tookMs);
  const ages = ended.filter(({ key }) => key).map((get) => get.endedAtMs - store.madeAtMs(get.key));
  return {
    gets: gets.length,
    failed: ended.filter(({ failed }) => failed).length,
    hung: gets.length - ended.length,
    blocked: gets.length - taken.filter((ms) => ms <= BLOCKED_MS).length,
    p50Ms: quantile(taken, 0.5),
    p99Ms: quantile(taken, 0.99),
    maxMs: taken.reduce((most, ms) => Math.max(most, ms), 0),
    oldestMs: ages.reduce((most, ms) => Math.max(most, ms), 0),
  };
}

/** How long after the store's return a get brought a key that was made since. */
function freshAfter(gets, store, returnedAtMs) {
  const fresh = gets.find(({ key }) => key && store.madeAtMs(key) >= returnedAtMs);
  return fresh && fresh.endedAtMs - returnedAtMs;
}

function latencies({ p50Ms, p99Ms, maxMs }) {
  return { 'p50 ms': p50Ms.toFixed(3), 'p99 ms': digits(p99Ms), 'max ms': digits(maxMs) };
}

function faultColumns(result) {
  return {
    failed: result.failed,
    unhandled: result.unhandledRejections,
    hung: result.hung,
    blocked: result.blocked,
    'p99 ms': digits(result.p99Ms),
    'store calls': result.calls,
    'oldest key ms': digits(result.oldestMs),
    'fresh again after ms': result.freshAfterMs === undefined ? `> ${REST_MS}` : result.freshAfterMs,
  };
}
