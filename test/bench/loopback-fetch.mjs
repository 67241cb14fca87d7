import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createKeyProvider } from '@magic-hour-keys/core';
import { createFetch } from '@magic-hour-keys/http';
import { makeTestKey, staticKey } from '@magic-hour-keys/testing';
import { median, quantile } from './statistics.mjs';
import { digits } from './table.mjs';

const PAIRS = 40;
/** Long enough that one collection of garbage does not decide on a run. */
const RUN_MS = 100;
const WARM_UP_MS = 1000;
const AT_ONCE = 16;

/** What a row says, and what is wanted of it. */
export const THROUGHPUT = {
  wanted: 'ratio ≥ 0.95',
  // On a busy machine requests wait for other processes; what they cost in processor time does not.
  isReached: ({ ratio, cpuRatio }) => Math.max(ratio, 1 / cpuRatio) >= 0.95,
  columns: ({ ratio, cpuRatio, ours, floor }) => ({
    ratio: ratio.toFixed(3),
    'CPU ratio': cpuRatio.toFixed(3),
    'added CPU µs': digits(ours.cpuUs - floor.cpuUs),
    'requests/s': digits(ours.perSecond),
    'floor requests/s': digits(floor.perSecond),
    'p99 ms': digits(ours.p99Ms),
    'floor p99 ms': digits(floor.p99Ms),
  }),
};

/** Throughput over a real socket. */
export const loopback = {
  name: 'loopback',
  title: `requests over a real socket, ${AT_ONCE} at once; median of ${PAIRS} paired runs against a constant header`,
  rows: [{ name: 'ours: createFetch', measure: compareThroughput, ...THROUGHPUT }],
  columns: THROUGHPUT.columns,
};

async function compareThroughput() {
  return comparePair(async ({ url, origin, provider, authorization }) => {
    const fetchWithKey = createFetch(provider, { allowedOrigins: [origin], allowInsecureLoopback: true });
    const body = JSON.stringify({ image_count: 1 });
    const type = 'application/json';
    const send = async (fetch, headers) => {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': type, ...headers },
        body,
      });
      await response.arrayBuffer();
    };
    return {
      ours: () => send(fetchWithKey),
      floor: () => send(fetch, { authorization }),
    };
  });
}

/**
 * Sends the same requests through our adapter and with a constant header, in turns.
 *
 * @param open gets `{ url, origin, provider, authorization }` and gives `{ ours, floor, close }`, each of which sends
 *   one request and reads its answer
 */
export async function comparePair(open) {
  const server = fork(fileURLToPath(new URL('./loopback-server.mjs', import.meta.url)));
  const [port] = await once(server, 'message');
  const origin = `http://127.0.0.1:${port}`;
  const provider = createKeyProvider(staticKey(makeTestKey()));
  const authorization = `Bearer ${(await provider.getKey()).reveal()}`;
  const url = `${origin}/v1/ai-image-generator`;
  const { ours, floor, close } = await open({ url, origin, provider, authorization });

  const runs = { ours: [], floor: [] };
  const sides = { ours, floor };
  const requests = Math.min(await warmUp(ours), await warmUp(floor));
  for (let pair = 0; pair < PAIRS; pair++) {
    const order = pair % 2 === 0 ? ['ours', 'floor'] : ['floor', 'ours'];
    for (const side of order) {
      // Neither side pays for what the other has left.
      globalThis.gc?.();
      runs[side].push(await sendMany(sides[side], requests));
    }
  }
  await close?.();
  server.kill();
  await provider.close();
  const ratioOf = (measure) => median(runs.ours.map((run, at) => run[measure] / runs.floor[at][measure]));
  return {
    ratio: ratioOf('perSecond'),
    cpuRatio: ratioOf('cpuUs'),
    ours: summarize(runs.ours),
    floor: summarize(runs.floor),
  };
}

function summarize(runs) {
  return {
    perSecond: median(runs.map((run) => run.perSecond)),
    cpuUs: median(runs.map((run) => run.cpuUs)),
    p99Ms: quantile(
      runs.flatMap((run) => run.latencies),
      0.99,
    ),
  };
}

/** Gives the compiler time to settle. @returns how many requests fill a run. */
async function warmUp(send) {
  let perSecond = 0;
  for (let leftMs = WARM_UP_MS; leftMs > 0; leftMs -= RUN_MS) {
    ({ perSecond } = await sendMany(send, Math.max(AT_ONCE, Math.round((perSecond * RUN_MS) / 1000))));
  }
  return Math.max(AT_ONCE, Math.round((perSecond * RUN_MS) / 1000));
}

async function sendMany(send, requests) {
  const latencies = [];
  let left = requests;
  const usage = process.cpuUsage();
  const began = performance.now();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (left-- > 0) {
        const sent = performance.now();
        await send();
        latencies.push(performance.now() - sent);
      }
    }),
  );
  const tookMs = performance.now() - began;
  const { user, system } = process.cpuUsage(usage);
  return { perSecond: (requests * 1000) / tookMs, cpuUs: (user + system) / requests, latencies };
}
