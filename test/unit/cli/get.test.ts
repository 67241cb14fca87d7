import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { platform } from 'node:process';
import { expect, test } from 'vitest';
import { inDevelopment, temporaryProject } from '../config/config-for-test.ts';
import { runMhk, type Run, type RunOptions } from './run-mhk.ts';

const NAME = 'MAGIC_HOUR_API_KEY';
const project = temporaryProject();

function get(argv: readonly string[] = [], options: Partial<RunOptions> = {}): Promise<Run> {
  return runMhk(['get', ...argv], { cwd: project.path(''), ...options });
}

async function writeKey(): Promise<string> {
  const key = makeTestKey();
  await project.write('.env', `${NAME}=${key}\n`);
  return key;
}

test('the key is shown by its last four characters, with where it came from', async () => {
  const key = await writeKey();
  const result = await get();
  expect(result).toEqual({
    exitCode: 0,
    stdout: `[ApiKey …${key.slice(-4)}] from env (${NAME} in .env), environment development (default)\n`,
    stderr: '',
  });
  expect(findLeaks(result, [key])).toEqual([]);
});

test('with a configuration the file, the environment and what decided it are told', async () => {
  const key = makeTestKey();
  await project.write('magic-hour-keys.json', {
    environments: { production: { source: 'env', variable: 'A' } },
  });
  const line = `[ApiKey …${key.slice(-4)}] from env (A in the environment), environment production`;
  const config = 'config magic-hour-keys.json';
  expect((await get(['--env', 'production'], { env: { A: key } })).stdout).toBe(
    `${line} (--env), ${config}\n`,
  );
  expect((await get([], { env: { A: key, NODE_ENV: 'production' } })).stdout).toBe(
    `${line} (NODE_ENV), ${config}\n`,
  );
});

test('--config names another file', async () => {
  const key = makeTestKey();
  await project.write('conf/keys.json', inDevelopment({ source: 'env', variable: 'OTHER' }));
  const { stdout } = await get(['--config', 'conf/keys.json'], { env: { OTHER: key } });
  expect(stdout).toContain('from env (OTHER in the environment), environment development (default), config');
  expect(stdout.replaceAll('\\', '/')).toContain('config conf/keys.json');
});

test('--reveal prints the key alone on stdout', async () => {
  const key = await writeKey();
  expect(await get(['--reveal'])).toEqual({ exitCode: 0, stdout: `${key}\n`, stderr: '' });
});

test('--reveal on a screen also says what that means', async () => {
  const key = await writeKey();
  const { stdout, stderr } = await get(['--reveal'], { isTTY: true });
  expect(stdout).toBe(`${key}\n`);
  expect(stderr).toContain('the key is now on this screen');
});

test('--json has the same members each time, and never the key', async () => {
  const key = await writeKey();
  const { stdout, exitCode } = await get(['--json']);
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    last4: key.slice(-4),
    source: 'env',
    location: `${NAME} in .env`,
    environment: 'development',
    environmentFrom: 'default',
    config: null,
    version: null,
    createdAt: null,
    warnings: [],
  });
  expect(findLeaks(stdout, [key])).toEqual([]);
});

test('--json --reveal has the key as one more member', async () => {
  const key = await writeKey();
  expect(JSON.parse((await get(['--json', '--reveal'])).stdout)).toMatchObject({ last4: key.slice(-4), key });
});

test('a chain tells which of its sources answered', async () => {
  const key = makeTestKey();
  await project.write(
    'magic-hour-keys.json',
    inDevelopment({
      firstFound: [
        { source: 'env', variable: 'A', files: [] },
        { source: 'env', variable: 'B' },
      ],
    }),
  );
  expect((await get([], { env: { B: key } })).stdout).toContain('from env (B in the environment)');
});

test('a chain without a key tells what each source said', async () => {
  await project.write(
    'magic-hour-keys.json',
    inDevelopment({
      firstFound: [
        { source: 'env', variable: 'A', files: [] },
        { source: 'env', variable: 'B', files: [] },
      ],
    }),
  );
  const { exitCode, stdout, stderr } = await get();
  expect({ exitCode, stdout }).toEqual({ exitCode: 66, stdout: '' });
  expect(stderr).toMatch(
    / {2}env \(A\): not_found\. Set A in the environment.*\n {2}env \(B\): not_found\. Set B/,
  );
});

test('a missing key exits 66 with where it may be put', async () => {
  const { exitCode, stdout, stderr } = await get();
  expect({ exitCode, stdout }).toEqual({ exitCode: 66, stdout: '' });
  expect(stderr).toMatch(
    /^mhk: env \(MAGIC_HOUR_API_KEY, \.env\): .* \[not_found\]\. Set MAGIC_HOUR_API_KEY/,
  );
});

test('something stored that is no key exits 78, and is not shown', async () => {
  const wrong = `${'w7'.repeat(12)} with blanks`;
  const result = await get([], { env: { [NAME]: wrong } });
  expect(result.exitCode).toBe(78);
  expect(result.stderr).toContain('[invalid_key]');
  expect(findLeaks(result, [wrong])).toEqual([]);
});

test('a wrong configuration exits 78 with all problems', async () => {
  await project.write(
    'magic-hour-keys.json',
    inDevelopment({ source: 'env', fles: [], policy: { fresh: 1 } }),
  );
  const { exitCode, stdout, stderr } = await get();
  expect({ exitCode, stdout }).toEqual({ exitCode: 78, stdout: '' });
  expect(stderr).toContain('the configuration has 2 problems:');
  expect(stderr).toContain('  /environments/development/fles: is not an option');
});

test('a configuration that is named and not there exits 78', async () => {
  const { exitCode, stderr } = await get(['--config', 'nowhere.json']);
  expect(exitCode).toBe(78);
  expect(stderr).toContain('the file does not exist');
});

test('a warning goes to stderr, and into the JSON', async (context) => {
  if (platform === 'win32') context.skip('file modes do not tell on this platform');
  await project.write('.env', `${NAME}=${makeTestKey()}\n`, 0o644);
  const { stdout, stderr, exitCode } = await get(['--json']);
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(/^mhk: warning: .*\.env can be read by every user/);
  expect(JSON.parse(stdout)).toMatchObject({ warnings: [{ code: 'file_readable_by_others' }] });
});
