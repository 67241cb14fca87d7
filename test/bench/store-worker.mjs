// In a thread of its own, so that the store's work is not counted as the client's.
import { createServer } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';
import { makeTestKey } from '@magic-hour-keys/testing';
import { CALLS, DOWN, HEALTHY, MODE } from './store-modes.mjs';

const { shared, latencyMs } = workerData;

const server = createServer((request, response) => {
  Atomics.add(shared, CALLS, 1);
  const mode = Atomics.load(shared, MODE);
  if (mode === DOWN) request.socket.resetAndDestroy();
  if (mode !== HEALTHY) return;
  setTimeout(() => response.end(JSON.stringify({ key: makeTestKey(), madeAtMs: Date.now() })), latencyMs);
});
server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
