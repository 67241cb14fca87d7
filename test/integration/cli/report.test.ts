// `--json` of the commands whose stdout belongs to another program: one line, the last of stderr.
import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { beforeEach, expect, test, type TestContext } from 'vitest';
import { temporaryProject } from '../../unit/config/config-for-test.ts';
import { isInstalled, skipWithoutBuild, startMhk, type Ended } from './built-mhk.ts';

const project = temporaryProject();
const key = makeTestKey();

beforeEach(async (context: TestContext) => {
  skipWithoutBuild(context);
  await project.write('.env', `MAGIC_HOUR_API_KEY=${key}\n`);
});

function mhk(argv: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  return startMhk(argv, { cwd: project.path(''), env }).ended;
}

function reportOf({ stderr }: Ended): unknown {
  return JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '');
}

const run = (code: string): string[] => [process.execPath, '-e', code];

test('mhk exec --json tells of the program after its end, and leaves its output alone', async () => {
  const code = 'process.stdout.write("data"); process.stderr.write("no line end"); process.exitCode = 7';
  const result = await mhk(['exec', '--json', '--as', 'API_TOKEN', '--', ...run(code)], {
    MAGIC_HOUR_API_KEY: key,
  });
  expect(result).toMatchObject({ exitCode: 7, stdout: 'data' });
  expect(result.stderr).toMatch(/no line end\n\{"command":"exec".*\}\n$/);
  expect(reportOf(result)).toEqual({
    command: 'exec',
    program: process.execPath,
    exitCode: 7,
    signal: null,
    durationMs: expect.any(Number) as number,
    variable: 'API_TOKEN',
    last4: key.slice(-4),
    source: 'env',
    location: 'MAGIC_HOUR_API_KEY in the environment',
    removedVariables: ['MAGIC_HOUR_API_KEY'],
    masked: true,
  });
  expect(findLeaks(result, [key])).toEqual([]);
});

test('a program that a signal ended is told by its name', async () => {
  const result = await mhk(['exec', '--json', '--no-mask', '--', 'sh', '-c', 'kill -TERM $$']);
  expect(result.exitCode).toBe(143);
  expect(reportOf(result)).toMatchObject({ program: 'sh', exitCode: 143, signal: 'SIGTERM', masked: false });
});

test('without --json nothing is added to what the program says', async () => {
  expect(await mhk(['exec', '--', 'sh', '-c', 'echo out; echo err >&2'])).toEqual({
    exitCode: 0,
    stdout: 'out\n',
    stderr: 'err\n',
  });
});

test('mhk curl --json tells of curl after its end', async (context) => {
  if (!isInstalled('curl')) context.skip('there is no curl on this machine');
  const nobody = ['--connect-to', '::127.0.0.1:1', '--max-time', '5'];
  const result = await mhk(['curl', '--json', '--', '-s', ...nobody, 'https://api.magichour.ai/']);
  expect(result).toMatchObject({ exitCode: 7, stdout: '' });
  expect(reportOf(result)).toEqual({
    command: 'curl',
    exitCode: 7,
    signal: null,
    durationMs: expect.any(Number) as number,
    last4: key.slice(-4),
    source: 'env',
    location: 'MAGIC_HOUR_API_KEY in .env',
  });
});
