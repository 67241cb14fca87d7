import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { Worker } from 'node:worker_threads';
import { CALLS, HEALTHY, MODE } from './store-modes.mjs';

/** A store behind a real socket, which gives another key at each call. */
export async function startStore(latencyMs) {
  const shared = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(new URL('./store-worker.mjs', import.meta.url), {
    workerData: { shared, latencyMs },
  });
  const [port] = await once(worker, 'message');
  const agent = new Agent({ keepAlive: true });
  const madeAtMs = new Map();
  Atomics.store(shared, MODE, HEALTHY);

  return {
    /** @returns the key that the store made for this call */
    async load(signal) {
      const answer = JSON.parse(await getText({ host: '127.0.0.1', port, agent, signal }));
      madeAtMs.set(answer.key, answer.madeAtMs);
      return answer.key;
    },
    madeAtMs: (key) => madeAtMs.get(key),
    setMode: (mode) => Atomics.store(shared, MODE, mode),
    calls: () => Atomics.load(shared, CALLS),
  };
}

function getText(options) {
  return new Promise((resolve, reject) => {
    get(options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve(text));
      response.on('error', reject);
    }).on('error', reject);
  });
}
