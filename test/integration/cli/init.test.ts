// The built command line writes a configuration, and is then used with it, as a shell does both.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { makeTestKey } from '@magic-hour-keys/testing';
import { beforeEach, expect, test, type TestContext } from 'vitest';
import { temporaryProject } from '../../unit/config/config-for-test.ts';

const bin = fileURLToPath(new URL('../../../packages/cli/dist/bin.js', import.meta.url));
const project = temporaryProject();
const { PATH } = process.env;

beforeEach((context: TestContext) => {
  if (!existsSync(bin)) context.skip('the command line is not built; run the build first');
});

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function mhk(...argv: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [bin, ...argv], {
    cwd: project.path(''),
    env: { PATH, CI: 'true' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (written.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (written.stderr += chunk.toString()));
  const [exitCode] = await once(child, 'close');
  return { exitCode: exitCode as number | null, ...written };
}

test('what is written is found and used by the other commands', async () => {
  const key = makeTestKey();
  await project.write('package.json', { name: 'app' });
  await project.write('.env.local', `MAGIC_HOUR_API_KEY=${key}\n`);
  expect(await mhk('init')).toMatchObject({ exitCode: 0 });
  expect(await mhk('check')).toMatchObject({ exitCode: 0, stderr: '' });
  expect((await mhk('get')).stdout).toContain(
    `[ApiKey …${key.slice(-4)}] from env (MAGIC_HOUR_API_KEY in .env.local), environment development`,
  );
});

test('several at the same time leave a whole file behind, and nothing beside it', async () => {
  await project.write('magic-hour-keys.json', { environments: { development: { source: 'env' } } });
  const names = ['one', 'two', 'three'];
  const results = await Promise.all(names.map((name) => mhk('init', '--env', name, '--source', 'env')));
  const text = await readFile(project.path('magic-hour-keys.json'), 'utf8');
  const { environments } = JSON.parse(text) as { environments: object };
  const written = names.filter((_, index) => results[index]?.exitCode === 0);
  expect(written).not.toEqual([]);
  expect(Object.keys(environments).length).toBeGreaterThan(1);
  for (const { exitCode } of results) expect([0, 75]).toContain(exitCode);
  expect(await readdir(project.path(''))).toEqual(['magic-hour-keys.json']);
});
