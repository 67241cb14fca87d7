// The README is the first code that people copy, so its snippets are compiled and run as they stand there, against a
// stand-in of the API. A block is named by the word after its language: ```ts app.ts
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { makeTestKey, startFakeMagicHourApi, type FakeMagicHourApi } from '@magic-hour-keys/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);
const key = makeTestKey();
const workingDirectory = process.cwd();
let folder: string;
let api: FakeMagicHourApi;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mhk-readme-'));
  for (const [name, text] of await readSnippets()) await writeFile(join(folder, name), text);
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  api = await startFakeMagicHourApi({ accept: [key] });
  sendApiRequestsTo(api.origin);
  vi.spyOn(console, 'log').mockReturnValue();
  for (const name of ['MAGIC_HOUR_API_KEY', 'MAGIC_HOUR_ENV', 'MAGIC_HOUR_KEYS_CONFIG'])
    vi.stubEnv(name, undefined);
  process.chdir(folder);
});

afterEach(async () => {
  process.chdir(workingDirectory);
  await api.close();
  await rm(folder, { recursive: true });
});

test('the application of the README sends the key that stands in .env', async () => {
  await writeFile(join(folder, '.env'), `MAGIC_HOUR_API_KEY=${key}\n`, { mode: 0o600 });
  await runSnippet('app.ts');
  expectOneGoodRequest();
});

test('in production the same application sends the key of the environment, and reads no .env', async () => {
  await writeFile(join(folder, '.env'), `MAGIC_HOUR_API_KEY=${makeTestKey()}\n`, { mode: 0o600 });
  vi.stubEnv('MAGIC_HOUR_ENV', 'production');
  vi.stubEnv('MAGIC_HOUR_API_KEY', key);
  await runSnippet('app.ts');
  expectOneGoodRequest();
});

test('in production the application refuses to take a key from .env', async () => {
  await writeFile(join(folder, '.env'), `MAGIC_HOUR_API_KEY=${key}\n`, { mode: 0o600 });
  vi.stubEnv('MAGIC_HOUR_ENV', 'production');
  await expect(runSnippet('app.ts')).rejects.toMatchObject({ code: 'not_found' });
  expect(api.requests).toEqual([]);
});

test('the application of the README compiles without an error', async () => {
  const tsconfig = {
    extends: join(root, 'tsconfig.base.json'),
    compilerOptions: { composite: false, isolatedDeclarations: false, noEmit: true },
    files: ['app.ts'],
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  await expect(run(process.execPath, [compiler, '-p', folder])).resolves.toMatchObject({ stdout: '' });
});

test('the commands of the README are scripts of this repository', async () => {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { scripts: object };
  const shell = [...readme.matchAll(/^```sh\n(.*?)^```/gms)].map(([, text]) => text).join('');
  const commands = [...shell.matchAll(/^npm (?:run )?(\S+)/gm)].map(([, script]) => script);
  expect(commands).toEqual(['start', 'test']);
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(commands));
});

test('every file that the README links to is there', async () => {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link]) => link ?? '');
  const missing = await Promise.all(
    links.map(async (link) => ((await exists(join(root, link))) ? [] : [link])),
  );
  expect(links.length).toBeGreaterThan(5);
  expect(missing.flat()).toEqual([]);
});

async function readSnippets(): Promise<Map<string, string>> {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const blocks = readme.matchAll(/^```\w+ (\S+)\n(.*?)^```/gms);
  return new Map([...blocks].map(([, name = '', text = '']) => [name, text]));
}

/** Each test has a folder of its own, so the module is never one that ran before. */
async function runSnippet(name: string): Promise<void> {
  await import(/* @vite-ignore */ pathToFileURL(join(folder, name)).href);
}

/** The snippets name the real API, as applications do; on the wire their requests go to the stand-in. */
function sendApiRequestsTo(origin: string): void {
  const realFetch = globalThis.fetch;
  vi.stubGlobal('fetch', (input: string, init?: RequestInit) =>
    realFetch(String(input).replace('https://api.magichour.ai', origin), init),
  );
}

function expectOneGoodRequest(): void {
  expect(api.requests).toMatchObject([
    { method: 'POST', path: '/v1/ai-image-generator', authorization: `Bearer ${key}`, status: 200 },
  ]);
  expect(console.log).toHaveBeenCalledWith(200);
}

async function exists(path: string): Promise<boolean> {
  return readFile(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code === 'EISDIR',
  );
}
