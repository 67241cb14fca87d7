import { chmod } from 'node:fs/promises';
import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { expect, test } from 'vitest';
import { FINDING_IDS } from '../../../packages/cli/src/doctor/finding-ids.ts';
import { temporaryProject } from '../config/config-for-test.ts';
import { development, DOCUMENTED, runDoctor } from './doctor-for-test.ts';
import { runMhk, type Run } from './run-mhk.ts';

const project = temporaryProject();
const key = makeTestKey();
const last4 = key.slice(-4);
const FILE = 'magic-hour-keys.json';
const WITH_KEY = { MAGIC_HOUR_API_KEY: key };

function doctor(argv: readonly string[] = [], env: Record<string, string> = WITH_KEY): Promise<Run> {
  return runMhk(['doctor', ...argv], { cwd: project.path(''), env });
}

/** Times are those of this machine. */
function withoutTimes(text: string): string {
  return text.replaceAll(/\d+ ms/g, 'N ms');
}

test('where nothing is wrong, it says what it looked at', async () => {
  const { exitCode, stdout, stderr } = await doctor();
  expect([exitCode, withoutTimes(stdout), stderr]).toEqual([
    0,
    `config       none; the environment and .env are read
environment  development (default)
env          key …${last4}, read in N ms, MAGIC_HOUR_API_KEY in the environment
`,
    'mhk: nothing found\n',
  ]);
});

test('findings are told worst first, each with what to do, in lines of 80 characters', async () => {
  await project.write('.env', `MAGIC_HOUR_API_KEY=${makeTestKey()}\n`, 0o644);
  await project.write('src/a.ts', `const key = '${key}';\n`);
  const { exitCode, stdout, stderr } = await doctor();
  expect(exitCode).toBe(1);
  expect(stderr).toBe('mhk: 1 error, 1 warning, 1 note\n');
  expect(stdout.split('\n\n')[1])
    .toBe(`error    src/a.ts:1: a key (…${last4}) stands in this file [key-in-file]
         Take it out of src/a.ts, and let the code ask the library. If it was
         ever shared, delete …${last4} in the Magic Hour Developer Hub.
warning  .env can be read by every user of this machine (mode 644)
         [file-readable-by-others]
         chmod 600 .env
note     .env sets another MAGIC_HOUR_API_KEY, and MAGIC_HOUR_API_KEY in the
         environment comes first [value-shadowed]
         Take MAGIC_HOUR_API_KEY out of one of them.
`);
});

test('commands and policies are not broken, so that they can be copied', async () => {
  const name = `.env.${'a-long-name-'.repeat(8)}`;
  await project.write(name, `MAGIC_HOUR_API_KEY=${key}\n`, 0o644);
  expect((await doctor()).stdout).toContain(`\n         chmod 600 ${name}\n`);
});

test('--json has the same members whatever was found', async () => {
  await project.write(
    FILE,
    development({ firstFound: ['env', { source: 'aws', secretId: 'x', region: 'us-east-1' }] }),
  );
  const { stdout } = await doctor(['--json', '--offline']);
  const link = {
    origin: null,
    last4: null,
    version: null,
    createdAt: null,
    packages: [],
    credentials: [],
    host: null,
    dnsMs: null,
    connectMs: null,
    tlsMs: null,
    firstReadMs: null,
    readMs: null,
  };
  expect(JSON.parse(stdout)).toEqual({
    ok: true,
    config: project.path(FILE),
    environment: 'development',
    environmentFrom: 'default',
    environments: [
      {
        name: 'development',
        used: 0,
        probe: null,
        sources: [
          {
            ...link,
            source: 'env',
            location: 'MAGIC_HOUR_API_KEY, .env',
            outcome: 'key',
            origin: 'MAGIC_HOUR_API_KEY in the environment',
            last4,
            credentials: ['MAGIC_HOUR_API_KEY'],
            firstReadMs: expect.any(Number),
          },
          {
            ...link,
            source: 'aws',
            location: 'x in us-east-1',
            outcome: 'not asked',
            packages: expect.arrayContaining([
              {
                name: '@aws-sdk/client-secrets-manager',
                version: expect.any(String),
                range: expect.stringContaining('^3.'),
              },
            ]),
          },
        ],
      },
    ],
    findings: [
      {
        id: 'source-shadowed',
        level: 'note',
        title: expect.any(String),
        fix: expect.any(String),
        at: 'env (MAGIC_HOUR_API_KEY in the environment)',
        environment: 'development',
      },
    ],
  });
});

test('with --all each environment is told by its name', async () => {
  const environments = {
    development: { source: 'env', variable: 'ONE' },
    production: { source: 'env', variable: 'TWO' },
  };
  await project.write(FILE, { environments });
  const { exitCode, stdout } = await doctor(['--all'], { ONE: key, TWO: makeTestKey() });
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/\ndevelopment\nenv {10}key …/);
  expect(stdout).toMatch(/\nproduction\nenv {10}key …/);
  const { stdout: without } = await doctor(['--all'], { ONE: key });
  expect(without).toContain('\nerror    production: env (TWO, .env): there is no key [key-missing]\n');
});

test('a package.json in the home folder, or where everybody writes, is none of this project', async () => {
  await project.write('package.json', { name: 'left-behind' });
  await project.write('elsewhere/key.txt', key);
  await project.write('app/.env', `MAGIC_HOUR_API_KEY=${key}\n`);
  const run = (env: Record<string, string>): Promise<Run> =>
    runMhk(['doctor'], { cwd: project.path('app'), env });
  expect((await run({})).stdout).toContain('[key-in-file]');
  expect((await run({ HOME: project.path('') })).stdout).not.toContain('[key-in-file]');
  await chmod(project.path(''), 0o777);
  expect((await run({})).stdout.includes('[key-in-file]')).toBe(process.platform === 'win32');
});

test('a wrong configuration beside a good environment does not keep it from being looked at', async () => {
  await project.write(FILE, {
    environments: { development: { source: 'env' }, staging: { source: 'envy' } },
  });
  const { exitCode, stdout } = await doctor();
  expect(exitCode).toBe(1);
  expect(stdout).toContain(`key …${last4}`);
  expect(stdout).toContain('Did you mean "env"?');
});

test.each([
  [['--all', '--env', 'production'], '--all and --env contradict each other'],
  [['--offline', '--probe'], '--probe and --offline contradict each other'],
])('%j is a mistake in the command', async (argv, message) => {
  const { exitCode, stdout, stderr } = await doctor(argv);
  expect([exitCode, stdout]).toEqual([64, '']);
  expect(stderr).toContain(message);
});

test('an environment that does not exist ends with the code for a wrong configuration', async () => {
  await project.write(FILE, development({ source: 'env' }));
  const { exitCode, stdout } = await doctor(['--env', 'prodution']);
  expect(exitCode).toBe(78);
  expect(stdout).toContain('environment  not chosen');
});

test('the README has a row for each finding, and for nothing else', () => {
  expect([...DOCUMENTED.keys()].toSorted()).toEqual([...FINDING_IDS].toSorted());
});

test('a key without the usual shape is hidden where a path shows it', async () => {
  const odd = `odd${key.slice(9)}`;
  await project.write(`.env.${odd}`, `MAGIC_HOUR_API_KEY=${odd}\n`, 0o644);
  const run = await runDoctor([], { cwd: project.path(''), env: { MAGIC_HOUR_API_KEY: odd } });
  expect(run.findings.map(({ id }) => id)).toContain('file-readable-by-others');
  expect(findLeaks(run, [odd])).toEqual([]);
});
