import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findLeaks, makeTestKey, type FakeMagicHourApi } from '@magic-hour-keys/testing';
import { beforeEach, expect, test, vi } from 'vitest';
import { allowLoopback } from '../http/loopback-options.ts';
import { copyExample, loadExample, startApi } from './example-world.ts';

interface Example {
  runBatch(file: string, print: (line: string) => void, sdkOptions: object): Promise<number>;
}

const key = makeTestKey();
let api: FakeMagicHourApi;
let folder: string;
let example: Example;
let prompts: readonly string[];

beforeEach(async () => {
  api = await startApi(key);
  folder = await copyExample('batch-worker');
  for (const name of ['MAGIC_HOUR_API_KEY', 'MAGIC_HOUR_ENV', 'MAGIC_HOUR_KEYS_CONFIG'])
    vi.stubEnv(name, undefined);
  vi.stubEnv('MAGIC_HOUR_LOG_LEVEL', 'none');
  process.chdir(folder);
  store(key);
  prompts = (await readFile('prompts.txt', 'utf8')).trimEnd().split('\n');
  example = await loadExample<Example>('batch-worker/worker.mjs');
});

function store(value: string): void {
  writeFileSync(join(folder, '.env'), `MAGIC_HOUR_API_KEY=${value}\n`, { mode: 0o600 });
}

/** The lines of a batch; after each one `tell` is called with how many there are. */
async function run(tell: (count: number) => void = () => {}): Promise<{ failures: number; lines: string[] }> {
  const lines: string[] = [];
  const print = (line: string): void => tell(lines.push(line));
  const options = { baseUrl: api.origin, ...allowLoopback(api.origin) };
  return { failures: await example.runBatch('prompts.txt', print, options), lines };
}

test('the worker makes an image for each line, by the official SDK', async () => {
  const { failures, lines } = await run();
  expect(failures).toBe(0);
  expect(new Set(lines.map((line) => line.split(': ')[0]))).toEqual(new Set(prompts));
  expect(new Set(api.requests.map(({ authorization }) => authorization))).toEqual(new Set([`Bearer ${key}`]));
});

test('a rotation in the middle of the batch fails no line', async () => {
  const next = makeTestKey();
  const { failures, lines } = await run((count) => {
    if (count !== 2) return;
    store(next);
    api.accept(next);
    api.revoke(key);
  });
  expect({ failures, count: lines.length }).toEqual({ failures: 0, count: prompts.length });
  expect(api.statusCounts[200]).toBe(prompts.length);
  // At least the next request had the old key, and at most as many as were under way at once.
  expect([1, 2, 3]).toContain(api.statusCounts[401]);
  expect(api.requests.at(-1)?.keyLast4).toBe(next.slice(-4));
});

test('a line that fails is told and ends nothing, and the key is in none of the lines', async () => {
  api.setMode('paymentRequired');
  const { failures, lines } = await run();
  expect(failures).toBe(prompts.length);
  expect(lines).toHaveLength(prompts.length);
  expect(findLeaks(lines, [key])).toEqual([]);
});
