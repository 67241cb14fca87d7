import { platform } from 'node:process';
import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { expect, test } from 'vitest';
import { temporaryProject } from '../config/config-for-test.ts';
import { runMhk, type Run, type RunOptions } from './run-mhk.ts';

const project = temporaryProject();
const FILE = 'magic-hour-keys.json';
const GOOD = {
  environments: {
    development: { source: 'env', files: ['.env.local', '.env'] },
    production: { source: 'env', variable: 'KEY', files: [], policy: { fresh: '10m' } },
  },
};

function check(argv: readonly string[] = [], options: Partial<RunOptions> = {}): Promise<Run> {
  return runMhk(['check', ...argv], { cwd: project.path(''), ...options });
}

test('a good configuration is told with each environment, and the one that is used here', async () => {
  await project.write(FILE, GOOD);
  expect(await check([], { env: { MAGIC_HOUR_ENV: 'production' } })).toEqual({
    exitCode: 0,
    stdout: `config       magic-hour-keys.json
environment  production (MAGIC_HOUR_ENV)

  development  ok  env (MAGIC_HOUR_API_KEY, .env.local, .env)
* production   ok  env (KEY)
`,
    stderr: '',
  });
});

test('without a configuration it says what is read instead', async () => {
  expect(await check()).toEqual({
    exitCode: 0,
    stdout: `config       none; the environment and .env are read
environment  development (default)

* development  ok  env (MAGIC_HOUR_API_KEY, .env)
`,
    stderr: '',
  });
});

test('a problem in an environment that is not used here is found too', async () => {
  await project.write(FILE, {
    environments: { ...GOOD.environments, staging: { source: 'env', varible: 'X' } },
  });
  const { exitCode, stdout, stderr } = await check();
  expect(exitCode).toBe(78);
  expect(stdout).toContain('* development  ok');
  expect(stdout).toContain('  staging      1 problem\n');
  expect(stdout).toContain('\n/environments/staging/varible: is not an option of the source "env"');
  expect(stderr).toBe('mhk: 1 problem\n');
});

test('an environment that is not there is a problem, and the others are still checked', async () => {
  await project.write(FILE, GOOD);
  const { exitCode, stdout } = await check(['--env', 'prodution']);
  expect(exitCode).toBe(78);
  expect(stdout).toContain('environment  not chosen');
  expect(stdout).toContain('Did you mean "production"?');
  expect(stdout).toContain('  production   ok');
});

test('text that is no JSON is told by line and column', async () => {
  await project.write(FILE, '{\n  "environments": {\n    development: {} } }');
  const { exitCode, stdout } = await check();
  expect(exitCode).toBe(78);
  expect(stdout).toContain('\nline 3, column 5: expected a name in double quotes, or }\n');
});

test('--json has the same members whether the configuration is right or wrong', async () => {
  await project.write(FILE, GOOD);
  const right = await check(['--json', '--env', 'production']);
  expect(JSON.parse(right.stdout)).toEqual({
    ok: true,
    config: project.path(FILE),
    environment: 'production',
    environmentFrom: 'argument',
    environments: [
      {
        name: 'development',
        chosen: false,
        ok: true,
        source: 'env',
        location: 'MAGIC_HOUR_API_KEY, .env.local, .env',
        policy: {},
      },
      {
        name: 'production',
        chosen: true,
        ok: true,
        source: 'env',
        location: 'KEY',
        policy: { freshMs: 600_000 },
      },
    ],
    problems: [],
    warnings: [],
  });
  await project.write(FILE, '{');
  const wrong = await check(['--json']);
  expect(wrong.exitCode).toBe(78);
  expect(JSON.parse(wrong.stdout)).toEqual({
    ok: false,
    config: project.path(FILE),
    environment: null,
    environmentFrom: null,
    environments: [],
    problems: [{ pointer: '', message: 'line 1, column 2: expected a name in double quotes, or }' }],
    warnings: [],
  });
});

test('a file that everybody may change is a warning on stderr, and no failure', async (context) => {
  if (platform === 'win32') context.skip('file modes do not tell on this platform');
  await project.write(FILE, GOOD, 0o666);
  const { exitCode, stderr } = await check();
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(/^mhk: warning: .* can be changed by every user of this machine\. Run: chmod o-w /);
});

test('a key in the configuration or in a variable that names something is not shown', async () => {
  const key = makeTestKey();
  await project.write(FILE, {
    environments: { development: { source: 'env', variable: key }, [key]: { source: key } },
  });
  const variables = ['MAGIC_HOUR_ENV', 'MAGIC_HOUR_KEYS_CONFIG', 'NODE_ENV'];
  const runs = await Promise.all(
    [{}, ...variables.map((name) => ({ [name]: key }))].flatMap((env) => [
      check([], { env }),
      check(['--json'], { env }),
    ]),
  );
  expect(runs.map(({ exitCode }) => exitCode)).toEqual(Array(8).fill(78));
  expect(findLeaks(runs, [key])).toEqual([]);
});
