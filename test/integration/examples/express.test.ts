import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { findLeaks, makeTestKey, type FakeMagicHourApi } from '@magic-hour-keys/testing';
import { beforeEach, expect, test, vi } from 'vitest';
import { atEnd, copyExample, loadExample, sendApiRequestsTo, startApi } from './example-world.ts';

interface Example {
  createService(): {
    readonly app: RequestListener & { listen(port: number, host: string): Server };
    close(): Promise<void>;
  };
}

const key = makeTestKey();
let api: FakeMagicHourApi;
let folder: string;
let origin: string;

beforeEach(async () => {
  api = await startApi(key);
  folder = await copyExample('express');
  for (const name of ['MAGIC_HOUR_API_KEY', 'MAGIC_HOUR_ENV', 'MAGIC_HOUR_KEYS_CONFIG'])
    vi.stubEnv(name, undefined);
  sendApiRequestsTo(api.origin);
  process.chdir(folder);
  const { createService } = await loadExample<Example>('express/service.mjs');
  const { app, close } = createService();
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(async () => {
    server.closeAllConnections();
    server.close();
    await close();
  });
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

async function store(value: string): Promise<void> {
  await writeFile(join(folder, '.env'), `MAGIC_HOUR_API_KEY=${value}\n`, { mode: 0o600 });
}

function askForImage(): Promise<Response> {
  return fetch(`${origin}/images`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ prompt: 'A lighthouse' }),
  });
}

test('the service makes an image, and tells the id alone', async () => {
  await store(key);
  const response = await askForImage();
  expect(response.status).toBe(202);
  expect(Object.keys((await response.json()) as object)).toEqual(['id']);
  expect(api.requests).toMatchObject([{ path: '/v1/ai-image-generator', authorization: `Bearer ${key}` }]);
  expect(JSON.parse(api.requests[0]?.body ?? '')).toMatchObject({ style: { prompt: 'A lighthouse' } });
});

test('a rotation between two requests is not seen outside', async () => {
  await store(key);
  expect((await askForImage()).status).toBe(202);

  const next = makeTestKey();
  await store(next);
  api.accept(next);
  api.revoke(key);
  expect((await askForImage()).status).toBe(202);
  expect(api.statusCounts).toEqual({ 200: 2, 401: 1 });
});

test('the service is ready as soon as there is a key, and says which by its last four characters', async () => {
  vi.spyOn(console, 'error').mockReturnValue();
  const before = await fetch(`${origin}/readyz`);
  expect(before.status).toBe(503);
  expect(await before.json()).toEqual({ error: 'not_found' });
  expect(console.error).toHaveBeenCalledWith(
    expect.any(String),
    expect.stringContaining('MAGIC_HOUR_API_KEY'),
  );
});

test('the service says …1a2b and never the key', async () => {
  await store(key);
  const response = await fetch(`${origin}/readyz`);
  const text = await response.text();
  expect(JSON.parse(text)).toEqual({ key: `…${key.slice(-4)}`, source: 'env' });
  expect(findLeaks(text, [key])).toEqual([]);
});

test('what the API says about the credits is not passed on', async () => {
  await store(key);
  api.setMode('paymentRequired');
  const response = await askForImage();
  expect(response.status).toBe(502);
  expect(await response.json()).toEqual({ error: 'Magic Hour answered 402' });
});
