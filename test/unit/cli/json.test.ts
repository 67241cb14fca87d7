// What `--json` promises to programs, for every command there is.
import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { createProgram } from '../../../packages/cli/src/program.ts';
import { describeProgram } from '../../../packages/cli/src/completion/describe-program.ts';
import { expect, test } from 'vitest';
import { inDevelopment, temporaryProject } from '../config/config-for-test.ts';
import { runMhk, type Run } from './run-mhk.ts';

const project = temporaryProject();
const key = makeTestKey();
const LAST_LINE_OF_STDERR = ['exec', 'curl'];

interface ErrorReport {
  readonly error: Record<string, unknown>;
  readonly exitCode: number;
}

function run(argv: readonly string[], env: Record<string, string> = {}): Promise<Run> {
  return runMhk(argv, { cwd: project.path(''), env: { PATH: project.path(''), ...env } });
}

/** Where the command puts it; the other place has nothing for programs. */
function reportOf([command = '']: readonly string[], { stdout, stderr }: Run): ErrorReport {
  const isLine = LAST_LINE_OF_STDERR.includes(command);
  if (isLine) expect(stdout).toBe('');
  return JSON.parse(isLine ? (stderr.trimEnd().split('\n').at(-1) ?? '') : stdout) as ErrorReport;
}

const silent = { write: () => undefined };
const program = createProgram([], { stdout: silent, stderr: silent, env: {}, cwd: '.' }, () => undefined);
const commands = describeProgram(program).commands.filter(({ name }) => name !== 'help');

test.each(commands)('mhk $name has --json', ({ options }) => {
  expect(options.map(({ name }) => name)).toContain('--json');
});

test.each(commands)('mhk $name --json tells a usage error as JSON', async ({ name }) => {
  const argv = [name, '--json', '--no-such-option'];
  const result = await run(argv);
  expect(reportOf(argv, result)).toEqual({
    error: {
      code: 'usage',
      message: "unknown option '--no-such-option'",
      hint: null,
      source: null,
      location: null,
      links: [],
      docs: null,
    },
    exitCode: 64,
  });
  expect(result.exitCode).toBe(64);
  expect(result.stderr).toContain("error: unknown option '--no-such-option'");
});

test.each(commands)(
  'mhk $name --json tells a key among the arguments as JSON, without the key',
  async ({ name }) => {
    const argv = [name, '--json', '--', key];
    const result = await run(argv);
    expect(reportOf(argv, result)).toMatchObject({ error: { code: 'key_in_arguments' }, exitCode: 64 });
    expect(findLeaks(result, [key])).toEqual([]);
  },
);

const API = 'https://api.magichour.ai/v1/image-projects/1';

test.each([
  [['get', '--json']],
  [['header', '--json']],
  [['exec', '--json', '--', 'true']],
  [['curl', '--json', '--', API]],
])('without a key mhk %j tells the error of the source as JSON, and as text', async (argv) => {
  const result = await run(argv);
  const { error, exitCode } = reportOf(argv, result);
  expect({ exitCode, from: result.exitCode }).toEqual({ exitCode: 66, from: 66 });
  expect(error).toMatchObject({ code: 'not_found', source: 'env', links: [] });
  expect(error['location']).toBe('MAGIC_HOUR_API_KEY, .env');
  expect(error['hint']).toMatch(/^Set MAGIC_HOUR_API_KEY/);
  expect(result.stderr).toMatch(/^mhk: env \(MAGIC_HOUR_API_KEY, \.env\): /);
});

test.each([
  ['get', ['get']],
  ['explain', ['explain']],
  ['status', ['status']],
  ['header', ['header']],
  ['exec', ['exec', '--', 'true']],
  ['curl', ['curl', '--', API]],
])('mhk %s --json tells a wrong configuration as JSON', async (_name, [command = '', ...rest]) => {
  await project.write('magic-hour-keys.json', '{');
  const argv = [command, '--json', ...rest];
  const result = await run(argv);
  expect(reportOf(argv, result)).toMatchObject({ error: { code: 'invalid_config' }, exitCode: 78 });
});

test.each<[readonly string[], string, number]>([
  [['exec', '--json'], 'usage', 64],
  [['exec', '--json', '--as', '1X', '--', 'true'], 'usage', 64],
  [['exec', '--json', '--', 'no-such-program'], 'program_not_found', 127],
  [['curl', '--json', '--', '-v', API], 'usage', 64],
  [['curl', '--json', '--', 'https://evil.test/'], 'origin_not_allowed', 78],
  [['curl', '--json', '--', API], 'program_not_found', 69],
  [['scan', '--json', 'gone'], 'no_input', 66],
  [['scan', '--json', '--install-hook'], 'no_input', 66],
  [['completion', '--json', 'tcsh'], 'usage', 64],
])('mhk %j tells what it can not do as JSON: %s', async (argv, code, exitCode) => {
  const result = await run(argv, { MAGIC_HOUR_API_KEY: key });
  expect(reportOf(argv, result)).toMatchObject({ error: { code }, exitCode });
  expect(result.exitCode).toBe(exitCode);
  expect(findLeaks(result, [key])).toEqual([]);
});

test('on a screen mhk header --json refuses as without, and that is JSON too', async () => {
  const argv = ['header', '--json'];
  const result = await runMhk(argv, { cwd: project.path(''), env: { MAGIC_HOUR_API_KEY: key }, isTTY: true });
  expect(reportOf(argv, result)).toMatchObject({ error: { code: 'usage' }, exitCode: 64 });
  expect(findLeaks(result, [key])).toEqual([]);
});

test('of a chain each link is in the report', async () => {
  const link = (variable: string): object => ({ source: 'env', variable, files: [] });
  await project.write('magic-hour-keys.json', inDevelopment({ firstFound: [link('A'), link('B')] }));
  const argv = ['get', '--json'];
  const { error } = reportOf(argv, await run(argv));
  expect(error['links']).toMatchObject([
    { source: 'env', location: 'A', code: 'not_found' },
    { source: 'env', location: 'B', code: 'not_found' },
  ]);
});

test('a --json behind -- belongs to the other program', async () => {
  const { stdout, stderr } = await run(['curl', '--', '--json', '{}', 'https://evil.test/']);
  expect(stdout).toBe('');
  expect(stderr).not.toContain('{"error"');
});

test('mhk header --json has the headers as an object', async () => {
  const { stdout, stderr } = await run(['header', '--json'], { MAGIC_HOUR_API_KEY: key });
  expect(JSON.parse(stdout)).toEqual({ headers: { Authorization: `Bearer ${key}` } });
  expect(stderr).toBe('');
});
