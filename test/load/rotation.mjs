// Requests without a pause over loopback, while the key is rotated 100 times with an overlap: new key into the store,
// old key deleted once the process has moved. No request may fail. Prints one line for each client; exit code 1 if one
// failed.   npm run test:load [-- --requests 1000000]
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Agent, request } from 'undici';
import { createKeyProvider } from '@magic-hour-keys/core';
import { createFetch } from '@magic-hour-keys/http';
import { createKeyInterceptor } from '@magic-hour-keys/http/undici';
import { createMemorySource } from '@magic-hour-keys/testing';

const ROTATIONS = 100;
const AT_ONCE = 32;
const FRESH_MS = 50;

const { values } = parseArgs({ options: { requests: { type: 'string', default: '1000000' } } });
const REQUESTS = Number(values.requests);

/** Each gives a function that sends one request and resolves with its status. */
const CLIENTS = {
  createFetch({ url, provider, options }) {
    const fetchWithKey = createFetch(provider, options);
    return {
      async send() {
        const response = await fetchWithKey(url, { method: 'POST', body: '{}' });
        await response.arrayBuffer();
        return response.status;
      },
    };
  },
  undici({ url, provider, options }) {
    const agent = new Agent();
    const dispatcher = agent.compose(createKeyInterceptor(provider, options));
    return {
      async send() {
        const { statusCode, body } = await request(url, { method: 'POST', body: '{}', dispatcher });
        await body.arrayBuffer();
        return statusCode;
      },
      close: () => agent.destroy(),
    };
  },
};

for (const [name, open] of Object.entries(CLIENTS)) {
  const { failed, counts, reads, seconds } = await rotateUnderLoad(open);
  console.log(
    `${name}: ${REQUESTS} requests, ${ROTATIONS} rotations, ${failed} failed ${JSON.stringify(counts)}, ` +
      `${reads} reads of the store, ${Math.round(REQUESTS / seconds)} requests/s`,
  );
  if (failed > 0) process.exitCode = 1;
}

async function rotateUnderLoad(open) {
  const api = await startApi();
  const source = createMemorySource();
  await api.tell({ accept: source.current });
  const provider = createKeyProvider(source, { freshMs: FRESH_MS });
  const options = { allowedOrigins: [api.origin], allowInsecureLoopback: true };
  const client = open({ url: `${api.origin}/v1/ai-image-generator`, provider, options });
  const counts = {};
  const began = performance.now();
  let rotating = Promise.resolve();
  let sent = 0;

  async function work() {
    while (sent < REQUESTS) {
      sent += 1;
      if (sent % Math.ceil(REQUESTS / ROTATIONS) === 0) rotating = rotating.then(rotate);
      const status = await client.send().catch((error) => error.code ?? error.name);
      counts[status] = (counts[status] ?? 0) + 1;
    }
  }

  async function rotate() {
    const old = source.current;
    const next = source.rotate();
    await api.tell({ accept: next });
    // The requests themselves make the provider read again; nothing here asks for it.
    while ((await provider.getKey()).reveal() !== next)
      await new Promise((resolve) => setTimeout(resolve, 5));
    // Those that are under way still carry the old key: that is what an overlap is for.
    await new Promise((resolve) => setTimeout(resolve, 100));
    await api.tell({ revoke: old });
  }

  await Promise.all(Array.from({ length: AT_ONCE }, work));
  await rotating;
  const seconds = (performance.now() - began) / 1000;
  await client.close?.();
  await provider.close();
  api.stop();
  const { 200: good = 0 } = counts;
  return { failed: REQUESTS - good, counts, reads: source.reads.length, seconds };
}

async function startApi() {
  const child = fork(fileURLToPath(new URL('./api-process.mjs', import.meta.url)));
  const [{ port }] = await once(child, 'message');
  let id = 0;
  return {
    origin: `http://127.0.0.1:${port}`,
    async tell(message) {
      id += 1;
      const mine = id;
      child.send({ ...message, id: mine });
      for (;;) {
        const [answer] = await once(child, 'message');
        if (answer.id === mine) return;
      }
    },
    stop: () => child.kill(),
  };
}
