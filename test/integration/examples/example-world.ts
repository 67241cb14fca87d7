// What the tests of the examples share. An example names the real API, as applications do; on the wire its requests go
// to a stand-in.
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { startFakeMagicHourApi, type FakeMagicHourApi } from '@magic-hour-keys/testing';
import { afterEach, vi } from 'vitest';

export const root = fileURLToPath(new URL('../../..', import.meta.url));
export const examples = join(root, 'examples');

const open: (() => Promise<unknown> | undefined)[] = [];
const workingDirectory = process.cwd();

afterEach(async () => {
  process.chdir(workingDirectory);
  for (const close of open.splice(0).toReversed()) await close();
});

/** Runs when the test has ended; the last one first. */
export function atEnd(close: () => Promise<unknown> | undefined): void {
  open.push(close);
}

/** The module of an example, newly loaded from its own place, with our packages from their sources. */
export async function loadExample<Exports>(file: string): Promise<Exports> {
  vi.resetModules();
  return (await import(/* @vite-ignore */ pathToFileURL(join(examples, file)).href)) as Exports;
}

/** A copy of an example's folder, in which it finds the packages. */
export async function copyExample(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mhk-example-'));
  atEnd(() => rm(folder, { recursive: true }));
  await cp(join(examples, name), folder, { recursive: true });
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  return folder;
}

export async function startApi(...keys: string[]): Promise<FakeMagicHourApi> {
  const api = await startFakeMagicHourApi({ accept: keys });
  atEnd(() => api.close());
  return api;
}

/** Sends what this process fetches from the real API to the stand-in. */
export function sendApiRequestsTo(origin: string): void {
  const realFetch = globalThis.fetch;
  vi.stubGlobal('fetch', async (input: string | URL, init?: RequestInit) => {
    const asked = String(input);
    const response = await realFetch(asked.replace('https://api.magichour.ai', origin), init);
    // The answer comes from where it was asked; from elsewhere it would be that of a redirect, which renews no key.
    return Object.defineProperty(response, 'url', { value: asked });
  });
}
