import { readFile } from 'node:fs/promises';
import { stripVTControlCharacters } from 'node:util';
import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { expect, test } from 'vitest';
import { temporaryProject } from '../config/config-for-test.ts';
import { runMhk } from './run-mhk.ts';

const project = temporaryProject();
const run = (...argv: string[]) => runMhk(argv, { cwd: project.path('') });

test('--help lists the commands and the exit codes on stdout', async () => {
  const { exitCode, stdout, stderr } = await run('--help');
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toMatch(/^Usage: mhk /);
  for (const part of ['get [options]', 'check [options]', 'Exit codes: 0 ok']) expect(stdout).toContain(part);
});

test.each([
  ['get', '--help'],
  ['help', 'get'],
])('mhk %s %s explains the options of get', async (...argv) => {
  const { exitCode, stdout } = await run(...argv);
  expect(exitCode).toBe(0);
  for (const option of ['--env <name>', '--config <file>', '--reveal', '--json'])
    expect(stdout).toContain(option);
});

test('--version is the version of the package', async () => {
  const manifest = await readFile(new URL('../../../packages/cli/package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  expect(await run('--version')).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: '' });
});

test('without a command the help goes to stderr, and the exit code says that it was no success', async () => {
  const { exitCode, stdout, stderr } = await run();
  expect({ exitCode, stdout }).toEqual({ exitCode: 64, stdout: '' });
  expect(stderr).toContain('Usage: mhk');
});

test.each<[readonly string[], string]>([
  [['gte'], "unknown command 'gte'\n(Did you mean get?)"],
  [['get', '--jsno'], "unknown option '--jsno'\n(Did you mean --json?)"],
  [['get', '--env'], "option '--env <name>' argument missing"],
  [['get', 'something'], "too many arguments for 'get'"],
  [['chekc'], '(Did you mean check?)'],
])('mhk %j is a usage error with advice', async (argv, expected) => {
  const { exitCode, stdout, stderr } = await run(...argv);
  expect({ exitCode, stdout }).toEqual({ exitCode: 64, stdout: '' });
  expect(stderr).toContain(expected);
});

const key = makeTestKey();
test.each([
  [[key]],
  [['get', key]],
  [['get', '--env', key]],
  [['get', `--config=${key}`]],
  [['get', `--api-key=Bearer ${key}`]],
  [['--', `x${key}`]],
])('a key among the arguments is refused with the advice to revoke it, and not shown (%#)', async (argv) => {
  const result = await run(...argv);
  expect({ exitCode: result.exitCode, stdout: result.stdout }).toEqual({ exitCode: 64, stdout: '' });
  expect(result.stderr).toContain('revoke it in the Magic Hour Developer Hub');
  expect(findLeaks(result, [key])).toEqual([]);
});

const secret = 'Zx9_'.repeat(8);
test.each([
  [[secret]],
  [['get', secret]],
  [['get', `--key=${secret}`]],
  [['get', '--key', secret]],
  [['get', `--${secret}`]],
])('a secret of another shape is not shown in a usage error (%#)', async (argv) => {
  const result = await run(...argv);
  expect(result.exitCode).toBe(64);
  expect(findLeaks(result, [secret])).toEqual([]);
});

test.each([
  [{}, false],
  [{ NO_COLOR: '1', TERM: 'xterm' }, true],
  [{ TERM: 'dumb' }, true],
])('nothing is coloured in a pipe, nor with %j on a screen: %j', async (env, isTTY) => {
  for (const argv of [['--help'], ['gte'], ['check'], ['get'], ['explain'], ['status']]) {
    const { stdout, stderr } = await runMhk(argv, { cwd: project.path(''), env, isTTY });
    expect(`${stdout}${stderr}`.includes('\u001b')).toBe(false);
  }
});

test('a screen shows good and bad in colours, which only repeat what is written', async () => {
  const env = { TERM: 'xterm-256color' };
  const coloured = await runMhk(['explain'], { cwd: project.path(''), env, isTTY: true });
  expect(coloured.stdout).toContain('\u001b[');
  const plain = await runMhk(['explain'], {
    cwd: project.path(''),
    env: { ...env, NO_COLOR: '1' },
    isTTY: true,
  });
  const timeless = (text: string) => stripVTControlCharacters(text).replaceAll(/\d+ ms/g, 'N ms');
  expect(timeless(coloured.stdout)).toBe(timeless(plain.stdout));
});
