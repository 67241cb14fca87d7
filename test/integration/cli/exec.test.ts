// Programs run by the built command line, as a shell or a CI job runs it.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { findLeaks, makeTestKey, startFakeMagicHourApi } from '@magic-hour-keys/testing';
import { beforeEach, expect, test, type TestContext } from 'vitest';
import { temporaryProject } from '../../unit/config/config-for-test.ts';

const bin = fileURLToPath(new URL('../../../packages/cli/dist/bin.js', import.meta.url));
const project = temporaryProject();
const key = makeTestKey();
const { PATH } = process.env;

beforeEach(async (context: TestContext) => {
  if (!existsSync(bin)) context.skip('the command line is not built; run the build first');
  await project.write('.env', `MAGIC_HOUR_API_KEY=${key}\n`);
});

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves once stdout has this text. */
  printed(text: string): Promise<void>;
}

function start(
  options: readonly string[],
  given: readonly string[],
  env: Record<string, string> = {},
): Started {
  const child = spawn(process.execPath, [bin, 'exec', ...options, '--', ...given], {
    cwd: project.path(''),
    env: { PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (written.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (written.stderr += chunk.toString()));
  return {
    child,
    ended: once(child, 'close').then(([exitCode]) => ({ exitCode: exitCode as number | null, ...written })),
    async printed(text) {
      while (!written.stdout.includes(text)) await once(child.stdout, 'data');
    },
  };
}

function exec(...given: string[]): Promise<Ended> {
  return start([], given).ended;
}

const run = (code: string): string[] => [process.execPath, '-e', code];

test('the program finds the key in MAGIC_HOUR_API_KEY, and its exit code is ours', async () => {
  const code = `process.exit(process.env.MAGIC_HOUR_API_KEY.slice(-4) === ${JSON.stringify(key.slice(-4))} ? 7 : 1)`;
  expect(await exec(...run(code))).toEqual({ exitCode: 7, stdout: '', stderr: '' });
});

test('--as names another variable, and then there is no other', async () => {
  const code = 'console.log(typeof process.env.API_TOKEN, typeof process.env.MAGIC_HOUR_API_KEY)';
  const { ended } = start(['--as', 'API_TOKEN'], run(code), { MAGIC_HOUR_API_KEY: key });
  expect(await ended).toMatchObject({ exitCode: 0, stdout: 'string undefined\n' });
});

test('nothing else of the environment changes, but that our login is taken out unless it is kept', async () => {
  const vault = { source: 'vault', path: 'secret/magic-hour' };
  await project.write('magic-hour-keys.json', {
    environments: { development: { firstFound: ['env', vault] } },
  });
  const code = 'console.log(Object.keys(process.env).sort().join())';
  const env = { HOME: '/home/x', VAULT_ADDR: 'https://v', VAULT_TOKEN: 'used-up', OTHER: 'y' };
  expect((await start([], run(code), env).ended).stdout).toBe(
    'HOME,MAGIC_HOUR_API_KEY,OTHER,PATH,VAULT_ADDR\n',
  );
  expect((await start(['--keep', 'VAULT_TOKEN'], run(code), env).ended).stdout).toBe(
    'HOME,MAGIC_HOUR_API_KEY,OTHER,PATH,VAULT_ADDR,VAULT_TOKEN\n',
  );
});

test('what the program prints is masked, on both outputs and in every form', async () => {
  const code = `
    const key = process.env.MAGIC_HOUR_API_KEY;
    for (const character of key) process.stdout.write(character);
    console.log('', Buffer.from('x' + key).toString('base64'));
    console.error(JSON.stringify({ key }));`;
  const result = await exec(...run(code));
  expect(findLeaks(result, [key])).toEqual([]);
  expect(result.stdout.startsWith(`[key …${key.slice(-4)}] `)).toBe(true);
  expect(result.stderr).toBe(`{"key":"[key …${key.slice(-4)}]"}\n`);
});

test('--no-mask leaves the output alone', async () => {
  const { ended } = start(['--no-mask'], run('console.log(process.env.MAGIC_HOUR_API_KEY)'));
  expect(await ended).toMatchObject({ exitCode: 0, stdout: `${key}\n` });
});

test('megabytes of output come through byte for byte', async () => {
  const code = `process.stdout.write(Buffer.alloc(5e6, 'äö'))`;
  const { stdout } = await exec(...run(code));
  expect(Buffer.from(stdout).equals(Buffer.alloc(5e6, 'äö'))).toBe(true);
});

test.each([
  [['sh', '-c', 'kill -TERM $$'], 143],
  [['sh', '-c', 'kill -KILL $$'], 137],
  [['sh', '-c', 'exit 42'], 42],
  [['no-such-program-here'], 127],
  [['./.env'], 126],
])('mhk exec -- %j ends with %i', async (given, exitCode) => {
  expect(await exec(...given)).toMatchObject({ exitCode });
});

test('no shell reads the arguments', async () => {
  const code = 'console.log(process.argv.slice(1).join("|"))';
  const { stdout } = await exec(process.execPath, '-e', code, '--', '$HOME', '; echo injected', '$(id)');
  expect(stdout).toBe('$HOME|; echo injected|$(id)\n');
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'] as const)('%s reaches the program', async (signal) => {
  const code = `process.on('${signal}', () => { console.log('got ${signal}'); process.exit(5) });
    setInterval(() => {}, 1000); console.log('ready')`;
  const { child, ended, printed } = start([], run(code));
  await printed('ready');
  child.kill(signal);
  expect(await ended).toMatchObject({ exitCode: 5, stdout: `ready\ngot ${signal}\n` });
});

test('what the program leaves behind ends with it', async (context) => {
  if (!existsSync('/proc/self/stat')) context.skip('this system has no /proc');
  const forEver = 'console.log(process.pid); setInterval(() => {}, 1000)';
  const code = `
    const { spawn } = require('child_process');
    const child = spawn(process.execPath, ['-e', ${JSON.stringify(forEver)}], { stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout.on('data', (pid) => { process.stdout.write(pid); process.exitCode = 3; setImmediate(() => process.exit()); });`;
  const { exitCode, stdout } = await exec(...run(code));
  expect(exitCode).toBe(3);
  expect(stateOf(Number(stdout))).toMatch(/^(?:gone|Z|X)$/);
});

/** Of a process: a letter, of which Z is one that has ended and that nobody has asked about yet. */
function stateOf(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).charAt(0);
  } catch {
    return 'gone';
  }
}

test.each([
  [[], 'name a program: mhk exec -- node script.mjs'],
  [['--as', '1X'], '--as needs the name of a variable'],
])('mhk exec %j without what it needs is a usage error', async (options, text) => {
  const given = options.length > 0 ? ['true'] : [];
  const result = await start(options, given).ended;
  expect(result).toMatchObject({ exitCode: 64, stdout: '' });
  expect(result.stderr).toContain(text);
});

test('without a key the program does not start', async () => {
  await project.write('.env', '');
  const result = await exec(...run('console.log("started")'));
  expect(result).toMatchObject({ exitCode: 66, stdout: '' });
});

const PYTHON = `
import os, sys, urllib.request
request = urllib.request.Request(sys.argv[1], method='POST', data=b'{}')
request.add_header('Authorization', 'Bearer ' + os.environ['MAGIC_HOUR_API_KEY'])
print(urllib.request.urlopen(request).status)
`;

test('a program in Python calls the API with the key', async (context) => {
  if (!isInstalled('python3')) context.skip('there is no python3 on this machine');
  await using api = await startFakeMagicHourApi({ accept: [key] });
  await project.write('call.py', PYTHON);
  const result = await exec('python3', 'call.py', `${api.origin}/v1/ai-image-generator`);
  expect(result).toEqual({ exitCode: 0, stdout: '200\n', stderr: '' });
  expect(api.requests).toMatchObject([{ authorization: `Bearer ${key}`, status: 200 }]);
});

function isInstalled(program: string): boolean {
  try {
    execFileSync(program, ['--version']);
    return true;
  } catch {
    return false;
  }
}
