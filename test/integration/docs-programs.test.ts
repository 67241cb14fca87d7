// The programs of the documentation that have a name run as they stand there, against a stand-in of the API.
import { spawnSync } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { makeTestKey, startFakeMagicHourApi, type FakeMagicHourApi } from '@magic-hour-keys/testing';
import { main } from 'magic-hour-keys';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { listPages } from './docs/pages.ts';
import { writeSnippets, type Snippet } from './docs/program-folder.ts';

const API = 'https://api.magichour.ai';
const pages = listPages();
const { folder, snippets } = await writeSnippets(pages);
const key = makeTestKey();
const workingDirectory = process.cwd();
let api: FakeMagicHourApi;

afterAll(() => rm(folder, { recursive: true }));

beforeEach(async () => {
  api = await startFakeMagicHourApi({ accept: [key] });
  sendApiRequestsTo(api.origin);
  vi.spyOn(console, 'log').mockReturnValue();
  vi.stubEnv('PORT', '0');
  for (const name of ['API_KEY', 'API_KEY_FILE', 'ENV', 'KEYS_CONFIG'])
    vi.stubEnv(`MAGIC_HOUR_${name}`, undefined);
  vi.stubEnv('NODE_ENV', undefined);
});

afterEach(async () => {
  process.chdir(workingDirectory);
  await api.close();
});

test.each(listPrograms(({ text }) => text.includes('fetch(')))(
  '%s finds the key in .env, and the API accepts it',
  async (_name, snippet) => {
    await writeDotEnv(snippet);
    await runProgram(snippet);
    expectOneGoodRequest();
  },
);

test.each([
  ['docs/quick-start/docker.md', 'MAGIC_HOUR_API_KEY_FILE'],
  ['docs/quick-start/github-actions.md', 'MAGIC_HOUR_API_KEY'],
])('in production the program of %s finds the key by %s', async (page, variable) => {
  const snippet = findSnippet(page, 'app.mjs');
  await rm(join(snippet.folder, '.env'), { force: true });
  const file = join(snippet.folder, 'mounted');
  await writeFile(file, `${key}\n`, { mode: 0o600 });
  vi.stubEnv('MAGIC_HOUR_ENV', 'production');
  vi.stubEnv(variable, variable.endsWith('_FILE') ? file : key);
  await runProgram(snippet, '?production');
  expectOneGoodRequest();
});

test('the probe of the cookbook says that the key is good', async () => {
  const snippet = findSnippet('docs/cookbook.md', 'probe.mjs');
  await writeDotEnv(snippet);
  await runProgram(snippet);
  expect(console.log).toHaveBeenCalledWith('good', 'the API accepts this key');
});

test('mhk get prints what the cookbook shows', async () => {
  const page = pages.find(({ path }) => path === 'docs/cookbook.md');
  const shown = page?.blocks.find(({ language }) => language === 'console')?.text ?? '';
  const snippet = findSnippet('docs/cookbook.md', 'probe.mjs');
  await writeDotEnv(snippet);
  const { exitCode, printed } = await runMhk(['get'], { cwd: snippet.folder, env: {} });
  expect({ exitCode, printed: printed.replaceAll(/\s+/g, ' ').trim() }).toEqual({
    exitCode: 0,
    printed: shown.replace('$ mhk get', '').replace('1a2b', key.slice(-4)).replaceAll(/\s+/g, ' ').trim(),
  });
});

test('the listener of the page about rotation disturbs nobody', async () => {
  const snippet = findSnippet('docs/rotation.md', 'events.mjs');
  await writeDotEnv(snippet);
  await runProgram(snippet);
  expect(api.requests).toEqual([]);
});

test("the cookbook's program with the Magic Hour SDK makes an image", async () => {
  const snippet = findSnippet('docs/cookbook.md', 'sdk.mjs');
  await writeDotEnv(snippet);
  // The SDK has an HTTP client of its own, and is led elsewhere by its option alone.
  const options = { baseUrl: api.origin, allowedOrigins: [api.origin], allowInsecureLoopback: true };
  const text = snippet.block.text.replace(', Client)', `, Client, ${JSON.stringify(options)})`);
  await writeFile(snippet.file, text);
  await runProgram(snippet);
  expectOneGoodRequest();
  expect(console.log).toHaveBeenCalledWith(expect.stringMatching(/./));
});

test("the cookbook's program in Python gets the key from mhk exec", async (context) => {
  const isThere = spawnSync('python3', ['--version']).status === 0;
  context.skip(!isThere, 'there is no python3 on this machine');
  const { folder: cwd } = findSnippet('docs/cookbook.md', 'fetch.mjs');
  const block = pages.flatMap((page) => page.blocks).find(({ name }) => name === 'make_image.py');
  await writeFile(join(cwd, 'make_image.py'), block?.text.replace(API, api.origin) ?? '');
  const { PATH = '', HOME = '' } = process.env;
  const env = { PATH, HOME, MAGIC_HOUR_API_KEY: key };
  const { exitCode, printed } = await runMhk(['exec', '--', 'python3', 'make_image.py'], { cwd, env });
  expect(printed).toMatch(/^200 \S+\n$/);
  expect(exitCode).toBe(0);
  expectOneGoodRequest();
});

interface Place {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

async function runMhk(argv: readonly string[], place: Place): Promise<{ exitCode: number; printed: string }> {
  let printed = '';
  const output = { write: (text: string | Uint8Array) => void (printed += Buffer.from(text).toString()) };
  const exitCode = await main(argv, { stdout: output, stderr: output, ...place });
  return { exitCode, printed };
}

function listPrograms(accepts: (block: Snippet['block']) => boolean): [string, Snippet][] {
  const named = snippets.filter(({ block }) => block.name !== '' && block.page.startsWith('docs/'));
  return named
    .filter(({ block }) => accepts(block))
    .map((snippet) => [`${snippet.block.page}, ${snippet.block.name},`, snippet]);
}

function findSnippet(page: string, name: string): Snippet {
  const found = snippets.find(({ block }) => block.page === page && block.name === name);
  if (!found) throw new Error(`${page} has no ${name}`);
  return found;
}

async function writeDotEnv({ folder: place }: Snippet): Promise<void> {
  await writeFile(join(place, '.env'), `MAGIC_HOUR_API_KEY=${key}\n`, { mode: 0o600 });
}

/** Imported with another query, a module runs once more. */
async function runProgram({ folder: place, file }: Snippet, query = ''): Promise<void> {
  process.chdir(place);
  await callProgram(await import(/* @vite-ignore */ `${pathToFileURL(file).href}${query}`));
}

interface Exported {
  readonly handler?: () => Promise<unknown>;
  readonly server?: Server;
}

/** A function is called, and a server asked, as their platform would. */
async function callProgram(exported: unknown): Promise<void> {
  const { handler, server } = exported as Exported;
  if (handler) expect(await handler()).toMatchObject({ statusCode: 200 });
  if (server) await askServer(server);
  const registered = Reflect.get(globalThis, 'azureFunction') as { handler(): Promise<object> } | undefined;
  Reflect.deleteProperty(globalThis, 'azureFunction');
  if (registered) expect(await registered.handler()).toMatchObject({ status: 200 });
}

async function askServer(server: Server): Promise<void> {
  if (!server.listening) await new Promise((resolve) => void server.once('listening', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const response = await fetch(`http://127.0.0.1:${port}/`);
  expect(response.status).toBe(200);
  await response.text();
  await new Promise((resolve) => void server.close(resolve));
}

/** The programs name the real API; on the wire their requests go to the stand-in. */
function sendApiRequestsTo(origin: string): void {
  const realFetch = globalThis.fetch;
  vi.stubGlobal('fetch', (input: string, init?: RequestInit) =>
    realFetch(String(input).replace(API, origin), init),
  );
}

function expectOneGoodRequest(): void {
  expect(api.requests).toMatchObject([{ path: '/v1/ai-image-generator', status: 200 }]);
  expect(api.requests[0]?.authorization === `Bearer ${key}`).toBe(true);
}
