import { describe, expect, it, vi } from 'vitest';
import { authHeaders, createFetch, probeKey, withKey } from '@magic-hour-keys/http';
import { createHandWrittenProvider } from './hand-written-provider.ts';

const URL_OF_API = 'https://api.magichour.ai/v1/x';
const refusal = { name: 'KeyError', code: 'unsupported', hint: expect.stringContaining('server') };

async function expectRefusals(): Promise<void> {
  const provider = createHandWrittenProvider();
  expect(() => createFetch(provider)).toThrow(expect.objectContaining(refusal));
  await expect(authHeaders(provider, URL_OF_API)).rejects.toMatchObject(refusal);
  await expect(withKey(provider, () => 'sent')).rejects.toMatchObject(refusal);
  await expect(probeKey(provider)).rejects.toMatchObject(refusal);
  expect(provider.peeks + provider.reads).toBe(0);
}

describe('in a browser', () => {
  it('every entry refuses to run in a page', async () => {
    vi.stubGlobal('window', {});
    vi.stubGlobal('document', {});
    await expectRefusals();
  });

  it('every entry refuses to run in a worker of a page', async () => {
    vi.stubGlobal('importScripts', () => {});
    vi.stubGlobal('WorkerGlobalScope', class {});
    await expectRefusals();
  });
});

describe('elsewhere', () => {
  it.each([
    ['a runtime that has a window alone, as Deno 1', { window: {} }],
    ['an edge worker', { WorkerGlobalScope: class {}, self: {} }],
    ['a worker of Deno', { WorkerGlobalScope: class {}, importScripts: () => {}, Deno: {} }],
  ])('runs: %s', async (_, globals) => {
    for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value);
    await expect(authHeaders(createHandWrittenProvider(), URL_OF_API)).resolves.toHaveProperty(
      'Authorization',
    );
  });
});
