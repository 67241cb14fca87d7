// The built command line on a real terminal: colours, width, Ctrl-C, a change of size, and the line that tells of waiting.
import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { startFakeVault } from '@magic-hour-keys/testing/fakes/vault';
import { stripVTControlCharacters } from 'node:util';
import { beforeEach, expect, onTestFinished, test, type TestContext } from 'vitest';
import { inDevelopment, temporaryProject } from '../../unit/config/config-for-test.ts';
import { skipWithout, skipWithoutBuild, startMhk, startOnTerminal } from './built-mhk.ts';

const project = temporaryProject();
const key = makeTestKey();
const TERM = 'xterm-256color';

beforeEach(async (context: TestContext) => {
  skipWithoutBuild(context);
  skipWithout('python3', context);
  await project.write('.env', `MAGIC_HOUR_API_KEY=${key}\n`);
});

function onTerminal(argv: readonly string[], env: Record<string, string> = { TERM }) {
  return startOnTerminal(argv, { cwd: project.path(''), env });
}

/** Without colours; and a terminal ends its lines with a carriage return as well. */
const shown = (text: string): string => stripVTControlCharacters(text).replaceAll('\r\n', '\n');

test('a terminal gets colours, and with NO_COLOR the same text as a pipe', async () => {
  const [coloured, plain, piped] = await Promise.all([
    onTerminal(['check']).ended,
    onTerminal(['check'], { TERM, NO_COLOR: '1' }).ended,
    startMhk(['check'], { cwd: project.path('') }).ended,
  ]);
  expect(coloured.stdout).toContain('\u001B[32mok\u001B[39m');
  expect(plain.stdout.replaceAll('\r\n', '\n')).toBe(piped.stdout);
  expect(shown(coloured.stdout)).toBe(piped.stdout);
});

test('what is said fits the 80 columns of the terminal', async () => {
  const { stdout, exitCode } = await onTerminal(['get', '--env', 'nowhere', '--config', '.env']).ended;
  expect(exitCode).toBe(78);
  const lines = shown(stdout).split('\n');
  expect(lines.length).toBeGreaterThan(2);
  // But for an address alone, which is never cut.
  expect(lines.filter((line) => line.length > 80 && line.trim().includes(' '))).toEqual([]);
});

test('mhk header shows no key on a terminal', async () => {
  const result = await onTerminal(['header']).ended;
  expect(result.exitCode).toBe(64);
  expect(findLeaks(result, [key])).toEqual([]);
});

const run = (code: string): string[] => ['exec', '--', process.execPath, '-e', code];

test('a program that is run has the terminal itself, and what it shows there is not masked', async () => {
  const code = 'console.log(process.stdout.isTTY, process.stdout.columns, process.env.MAGIC_HOUR_API_KEY)';
  const { stdout, exitCode } = await onTerminal(run(code)).ended;
  expect(exitCode).toBe(0);
  expect(shown(stdout)).toBe(`true 80 ${key}\n`);
});

test('in CI a terminal is masked as well', async () => {
  const code = 'console.log(process.env.MAGIC_HOUR_API_KEY)';
  const result = await onTerminal(run(code), { TERM, CI: 'true' }).ended;
  expect(shown(result.stdout)).toBe(`[key …${key.slice(-4)}]\n`);
  expect(findLeaks(result, [key])).toEqual([]);
});

test('Ctrl-C reaches the program once, and its exit code is ours', async () => {
  const code = `
    process.on('SIGINT', () => console.log('arrived'));
    process.on('SIGTERM', () => process.exit(5));
    setInterval(() => {}, 1000);
    console.log('ready', process.ppid);`;
  const { ended, printed, sofar, type } = onTerminal(run(code));
  await printed('ready');
  const mhk = Number(/ready (\d+)/.exec(shown(sofar()))?.[1]);
  // It stands still, so that what it may pass on arrives by itself, and not together with the first.
  process.kill(mhk, 'SIGSTOP');
  type('\u0003');
  await printed('arrived');
  process.kill(mhk, 'SIGCONT');
  // Passed on behind all that has been passed on before, so a second Ctrl-C would have been told by then.
  process.kill(mhk, 'SIGTERM');
  const { stdout, exitCode } = await ended;
  expect(exitCode).toBe(5);
  expect(stdout.match(/arrived/g)).toHaveLength(1);
});

test('a program that Ctrl-C ends gives 130', async () => {
  const { ended, printed, type } = onTerminal(run('console.log("ready"); setInterval(() => {}, 1000)'));
  await printed('ready');
  type('\u0003');
  expect((await ended).exitCode).toBe(130);
});

test('the program learns of another size of the terminal', async () => {
  const code = `
    process.stdout.on('resize', () => { console.log(process.stdout.columns, 'columns'); process.exit(5); });
    setInterval(() => {}, 1000);
    console.log('ready');`;
  const { ended, printed, resize } = onTerminal(run(code));
  await printed('ready');
  resize(100, 30);
  const { stdout, exitCode } = await ended;
  expect(exitCode).toBe(5);
  expect(shown(stdout)).toContain('100 columns\n');
});

test('what is typed goes to the program', async () => {
  const code =
    'process.stdin.once("data", (line) => { console.log(`got ${line}`); process.exit(); }); console.log("ready")';
  const { ended, printed, type } = onTerminal(run(code));
  await printed('ready');
  type('hello\r');
  expect(shown((await ended).stdout)).toContain('got hello\n');
});

test('whoever waits for a store sees for which and for how long, and then only the answer', async () => {
  const vault = await startFakeVault();
  onTestFinished(() => vault.close());
  vault.enableKv('secret', 2);
  vault.writeSecret('secret/magic-hour', { api_key: key });
  vault.hold();
  await project.write(
    'magic-hour-keys.json',
    inDevelopment({
      source: 'vault',
      address: vault.origin,
      path: 'secret/magic-hour',
      auth: { method: 'token' },
    }),
  );
  const { ended, printed } = onTerminal(['get'], { TERM, NO_COLOR: '1', VAULT_TOKEN: vault.rootToken });
  await printed('mhk: asking vault (secret/magic-hour');
  vault.release();
  const { stdout } = await ended;
  expect(stdout).toMatch(/, 1 s/);
  expect(stdout).toContain('\r\u001B[2K[ApiKey …');
});
