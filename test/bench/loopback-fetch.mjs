import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { createKeyProvider, staticKey } from '@magic-hour-keys/core';
import { createFetch } from '@magic-hour-keys/http';
import { makeTestKey } from '@magic-hour-keys/testing';
import { median, quantile } from './paired.mjs';

const PAIRS = 40;
const REQUESTS = 400;
const AT_ONCE = 16;

/** Throughput over a real socket: `createFetch` against fetch with a constant header. */
export async function benchLoopbackFetch() {
  const worker = new Worker(new URL('./loopback-server.mjs', import.meta.url));
  const [port] = await once(worker, 'message');
  const url = `http://127.0.0.1:${port}/v1/ai-image-generator`;
  const provider = createKeyProvider(staticKey(makeTestKey()));
  const authorization = `Bearer ${(await provider.getKey()).reveal()}`;
  const fetchWithKey = createFetch(provider, {
    allowedOrigins: [new URL(url).origin],
    allowInsecureLoopback: true,
  });
  const body = JSON.stringify({ image_count: 1 });
  const type = 'application/json';
  const ours = () => fetchWithKey(url, { method: 'POST', headers: { 'content-type': type }, body });
  const floor = () => fetch(url, { method: 'POST', headers: { 'content-type': type, authorization }, body });

  const runs = { ours: [], floor: [] };
  await sendMany(ours);
  await sendMany(floor);
  for (let pair = 0; pair < PAIRS; pair++) {
    const order = pair % 2 === 0 ? ['ours', 'floor'] : ['floor', 'ours'];
    for (const side of order) runs[side].push(await sendMany(side === 'ours' ? ours : floor));
  }
  worker.postMessage('stop');
  await provider.close();
  const ratios = runs.ours.map((run, index) => run.perSecond / runs.floor[index].perSecond);
  return {
    pairs: PAIRS,
    ratio: median(ratios),
    ours: summarize(runs.ours),
    floor: summarize(runs.floor),
  };
}

function summarize(runs) {
  return {
    perSecond: median(runs.map((run) => run.perSecond)),
    p99Ms: quantile(
      runs.flatMap((run) => run.latencies),
      0.99,
    ),
  };
}

async function sendMany(send) {
  const latencies = [];
  let left = REQUESTS;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (left-- > 0) {
        const sent = performance.now();
        const response = await send();
        await response.arrayBuffer();
        latencies.push(performance.now() - sent);
      }
    }),
  );
  return { perSecond: (REQUESTS * 1000) / (performance.now() - began), latencies };
}
