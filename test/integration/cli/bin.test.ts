// The program as npm installs it: a process of its own, run from the built package.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { beforeEach, expect, test, type TestContext } from 'vitest';
import { temporaryProject } from '../../unit/config/config-for-test.ts';

const bin = fileURLToPath(new URL('../../../packages/cli/dist/bin.js', import.meta.url));
const project = temporaryProject();

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

beforeEach((context: TestContext) => {
  if (!existsSync(bin)) {
    console.warn('the command line is not built; run the build, then these tests');
    context.skip('the command line is not built');
  }
});

function runBin(
  argv: readonly string[],
  { env = {}, readAll = true }: { env?: Record<string, string>; readAll?: boolean } = {},
): Promise<Ended> {
  const child = spawn(execPath, [bin, ...argv], { cwd: project.path(''), env });
  const ended = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    ended.stdout += chunk.toString();
    if (!readAll) child.stdout.destroy();
  });
  child.stderr.on('data', (chunk: Buffer) => (ended.stderr += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode, ...ended }));
  });
}

test('mhk get reads the key of the project and ends by itself', async () => {
  const key = makeTestKey();
  await project.write('.env', `MAGIC_HOUR_API_KEY=${key}\n`);
  const result = await runBin(['get']);
  expect(result).toEqual({
    exitCode: 0,
    stdout: `[ApiKey …${key.slice(-4)}] from env (MAGIC_HOUR_API_KEY in .env), environment development (default)\n`,
    stderr: '',
  });
});

test('mhk get --reveal can be used in a shell', async () => {
  const key = makeTestKey();
  expect(await runBin(['get', '--reveal'], { env: { MAGIC_HOUR_API_KEY: key } })).toEqual({
    exitCode: 0,
    stdout: `${key}\n`,
    stderr: '',
  });
});

test.each<[readonly string[], number]>([
  [['--version'], 0],
  [['check'], 0],
  [['gte'], 64],
  [['get'], 66],
  [['check', '--config', 'nowhere.json'], 78],
])('the process ends with the exit code of the command: mhk %j', async (argv, exitCode) => {
  expect((await runBin(argv)).exitCode).toBe(exitCode);
});

test('a key among the arguments does not come out of the process', async () => {
  const key = makeTestKey();
  const result = await runBin(['get', '--env', key]);
  expect(result).toMatchObject({ exitCode: 64, stdout: '' });
  expect(result.stderr).toContain('revoke it in the Magic Hour Developer Hub');
  expect(findLeaks(result, [key])).toEqual([]);
});

test('a long answer arrives whole through a pipe, and a reader that stops early is no fault', async () => {
  const names = Array.from({ length: 2000 }, (_, index) => `environment-${index}`);
  const environments = Object.fromEntries(
    [...names, 'development'].map((name) => [name, { source: 'env', files: [`${'long/'.repeat(8)}.env`] }]),
  );
  await project.write('magic-hour-keys.json', { environments });
  const whole = await runBin(['check', '--json']);
  expect(whole.exitCode).toBe(0);
  expect((JSON.parse(whole.stdout) as { environments: unknown[] }).environments).toHaveLength(2001);
  expect(await runBin(['check', '--json'], { readAll: false })).toMatchObject({ exitCode: 0, stderr: '' });
});
