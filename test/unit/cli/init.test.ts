// `mhk init` in a folder as people have them: what it writes, what it leaves alone, and what it never shows.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { chmod, lstat, mkdir, readdir, readFile, stat, symlink } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import { checkConfig } from '@magic-hour-keys/config';
import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { main } from 'magic-hour-keys';
import { expect, test } from 'vitest';
import { temporaryProject } from '../config/config-for-test.ts';
import { runMhk, type Run } from './run-mhk.ts';

const project = temporaryProject();
// Without CI it would depend on the machine of the test whether it is one of Google's.
const quiet = { CI: 'true' };

function init(argv: readonly string[] = [], env: Record<string, string> = {}, folder = ''): Promise<Run> {
  return runMhk(['init', ...argv], { cwd: project.path(folder), env: { ...quiet, ...env } });
}

/** With somebody at a terminal, who has typed these lines. */
async function initAtTerminal(
  argv: readonly string[],
  lines: readonly string[],
  env = {},
  onSaid: (text: string) => void = () => undefined,
): Promise<Run> {
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  stdin.end(lines.map((line) => `${line}\n`).join(''));
  const written = { stdout: '', stderr: '' };
  const exitCode = await main(['init', ...argv], {
    stdout: { write: (text) => void (written.stdout += String(text)), isTTY: true, columns: 1000 },
    stderr: {
      write(text) {
        written.stderr += String(text);
        onSaid(String(text));
      },
      isTTY: true,
      columns: 1000,
    },
    stdin,
    env: { NO_COLOR: '1', ...env },
    cwd: project.path(''),
  });
  return { exitCode, ...written };
}

const read = (name: string): Promise<string> => readFile(project.path(name), 'utf8');
const readConfig = async (): Promise<unknown> => JSON.parse(await read('magic-hour-keys.json'));

const manifest = { name: 'app', dependencies: {} };
const NEW_FILE = `{
  "$schema": "./node_modules/@magic-hour-keys/config/schema.json",
  "environments": {
    "development": { "source": "env", "files": [".env.local", ".env"] },
    "production": { "source": "env", "files": [] }
  }
}
`;

test('in a new project, the obvious is written, and it is said why', async () => {
  await project.write('package.json', manifest);
  const result = await init();
  expect(result).toEqual({
    exitCode: 0,
    stdout: NEW_FILE,
    stderr: `mhk: development reads env, because a developer keeps their own key in a file that git ignores
mhk: production reads env, because nothing else is known of where the key is kept
mhk: wrote magic-hour-keys.json
mhk: install what it needs:
  npm install @magic-hour-keys/config
mhk: then see whether it works: mhk check, mhk get
`,
  });
  expect(await read('magic-hour-keys.json')).toBe(NEW_FILE);
  expect(checkConfig({ cwd: project.path(''), env: {} }).problems).toEqual([]);
  expect(await readdir(project.path(''))).toEqual(['magic-hour-keys.json', 'package.json']);
});

test('without package.json, nothing of node_modules is written or said', async () => {
  const result = await init();
  expect(await readConfig()).not.toHaveProperty('$schema');
  expect(result.stderr).not.toContain('install');
});

test('in a folder of a project, the file is written beside package.json', async () => {
  await project.write('package.json', manifest);
  await mkdir(project.path('src'));
  expect(await init([], {}, 'src')).toMatchObject({ exitCode: 0 });
  expect(await readdir(project.path('src'))).toEqual([]);
  expect(await read('magic-hour-keys.json')).toBe(NEW_FILE);
});

test.each<[string, object, string]>([
  ['package-lock.json', {}, 'npm install @magic-hour-keys/config "node-vault@^0.12.0"'],
  ['pnpm-lock.yaml', {}, 'pnpm add @magic-hour-keys/config "node-vault@^0.12.0"'],
  ['yarn.lock', {}, 'yarn add @magic-hour-keys/config "node-vault@^0.12.0"'],
  ['bun.lock', {}, 'bun add @magic-hour-keys/config "node-vault@^0.12.0"'],
  ['yarn.lock', { packageManager: 'pnpm@10.0.0' }, 'pnpm add @magic-hour-keys/config "node-vault@^0.12.0"'],
  [
    'pnpm-workspace.yaml',
    { packageManager: 'pnpm@10.0.0', dependencies: { '@magic-hour-keys/config': '1' } },
    'pnpm add -w "node-vault@^0.12.0"',
  ],
])('with %s and %j, the install command is the one of that package manager', async (lock, more, command) => {
  await project.write('package.json', { ...manifest, ...more });
  await project.write(lock, '');
  const { stderr } = await init(['--source', 'vault']);
  expect(stderr).toContain(`mhk: install what it needs:\n  ${command}\n`);
});

test.each<[readonly string[], string | null]>([
  [['--source', 'env'], null],
  [['--source', 'aws'], '"@aws-sdk/client-secrets-manager@^3.709.0"'],
  [
    ['--source', 'aws', '--option', 'auth.method=profile', 'auth.profile=video'],
    '"@aws-sdk/client-secrets-manager@^3.709.0" "@aws-sdk/credential-providers@^3.709.0"',
  ],
  [
    ['--source', 'azure', '--option', 'vaultUrl=https://x.vault.azure.net'],
    '"@azure/keyvault-secrets@^4.9.0" "@azure/identity@^4.5.0"',
  ],
  [['--source', 'gcp'], '"@google-cloud/secret-manager@^6.0.1 || ^7.0.0"'],
  [['--source', 'kubernetes'], null],
  [['--source', 'kubernetes', '--option', 'name=magic-hour'], '"@kubernetes/client-node@^1.2.0 || ^2.0.1"'],
])('%j needs the packages %s', async (argv, packages) => {
  await project.write('package.json', { ...manifest, dependencies: { '@magic-hour-keys/config': '1' } });
  const { stdout } = await init(['--json', ...argv]);
  const { install } = JSON.parse(stdout) as { install: string | null };
  expect(install).toBe(packages === null ? null : `npm install ${packages}`);
});

test('options are written as the schema has them: texts, numbers, switches, lists and references', async () => {
  const options = [
    'path=kv/${STAGE}/key',
    'version=3',
    'allowInsecure=true',
    'allowedRedirects=["https://v:8200"]',
  ];
  const login = ['auth.method=approle', 'auth.roleId=7', 'auth.secretId.env=SECRET_ID'];
  const result = await init(['--source', 'vault', '--option', ...options, '--option', ...login]);
  expect(result.exitCode).toBe(0);
  expect(await readConfig()).toMatchObject({
    environments: {
      production: {
        source: 'vault',
        path: 'kv/${STAGE}/key',
        version: 3,
        allowInsecure: true,
        allowedRedirects: ['https://v:8200'],
        auth: { method: 'approle', roleId: '7', secretId: { env: 'SECRET_ID' } },
      },
    },
  });
  await init([
    '--env',
    'staging',
    '--source',
    'gcp',
    '--option',
    'project=p',
    'version=5',
    'policy.fresh=1m',
  ]);
  expect(await readConfig()).toMatchObject({
    environments: { staging: { project: 'p', version: '5', policy: { fresh: '1m' } } },
  });
});

test.each<[readonly string[], string]>([
  [['--source', 'azure'], 'the source needs vaultUrl. Give it: --option vaultUrl=…'],
  [['--source', 'asw'], '/environments/production/source: is no source that is known here'],
  [
    ['--source', 'aws', '--option', 'regoin=x'],
    '/environments/production/regoin: is not an option of the source "aws"',
  ],
  [['--source', 'vault', '--option', 'auth.token=s.0123456789'], '/environments/production/auth'],
  [['--source', 'env', '--option', 'variable'], '--option takes NAME=VALUE'],
  [['--source', 'env', '--option', '=x'], '--option takes NAME=VALUE'],
  [['--option', 'source=env'], '--option takes the options of one source'],
  [['--option', 'a.__proto__.b=1'], '--option takes'],
  [['--option', 'auth.constructor=1'], '--option takes the options of one source'],
  [['--env', 'a b', '--source', 'env'], 'must have a name of at most 48 letters'],
])('mhk init %j is refused, and nothing is written', async (argv, text) => {
  await project.write('package.json', manifest);
  const result = await init(argv);
  expect(result).toMatchObject({ exitCode: 64, stdout: '' });
  expect(result.stderr).toContain(text);
  expect(findLeaks(result, ['s.0123456789'])).toEqual([]);
  expect(await readdir(project.path(''))).toEqual(['package.json']);
});

test('--dry-run and --json show all of it, and write nothing', async () => {
  await project.write('package.json', manifest);
  await project.write('Dockerfile', 'FROM scratch');
  const dry = await init(['--dry-run']);
  expect(dry).toMatchObject({ exitCode: 0, stdout: NEW_FILE });
  expect(dry.stderr).toContain('mhk: nothing was written\n');
  const json = await init(['--dry-run', '--json'], { AWS_LAMBDA_FUNCTION_NAME: 'f' });
  expect(JSON.parse(json.stdout)).toEqual({
    written: false,
    config: project.path('magic-hour-keys.json'),
    action: 'create',
    environments: [
      {
        name: 'development',
        content: { source: 'env', files: ['.env.local', '.env'] },
        because: 'a developer keeps their own key in a file that git ignores',
        guessed: [],
      },
      {
        name: 'production',
        content: { source: 'aws', secretId: 'magic-hour' },
        because: 'AWS_LAMBDA_FUNCTION_NAME is set',
        guessed: ['secretId'],
      },
    ],
    text: expect.stringContaining('"secretId": "magic-hour"') as string,
    ignoreFiles: [{ path: project.path('.dockerignore'), lines: ['.env', '.env.local'] }],
    install: 'npm install @magic-hour-keys/config "@aws-sdk/client-secrets-manager@^3.709.0"',
    found: [{ source: 'aws', because: 'AWS_LAMBDA_FUNCTION_NAME is set', isSure: true }],
    remarks: [
      'secretId of production is a guess: correct it where it is wrong.',
      'production needs AWS_REGION where it runs, and it is not set here; or write it down: --option region=…',
    ],
  });
  expect((await readdir(project.path(''))).toSorted()).toEqual(['Dockerfile', 'package.json']);
});

const WRITTEN_BY_HAND = `{
  // Ask the platform team first.
  "environments": {
    "development": { "source": "env" }, // everybody has their own
    "team": { "source": "team-store" },
  },
}
`;

test('a configuration that is there is never written over unasked', async () => {
  await project.write('magic-hour-keys.json', WRITTEN_BY_HAND);
  const again = await init();
  expect(again).toMatchObject({ exitCode: 64, stdout: '' });
  expect(again.stderr).toContain('there is a configuration already, with: development, team.');
  const same = await init(['--env', 'team', '--yes']);
  expect(same.stderr).toBe(
    'mhk: the environment team is there already, and is left as it is. To replace it: --force\n',
  );
  expect(await read('magic-hour-keys.json')).toBe(WRITTEN_BY_HAND);
});

test('an environment is added in place, beside a source that only the application knows', async () => {
  await project.write('magic-hour-keys.json', WRITTEN_BY_HAND);
  await chmod(project.path('magic-hour-keys.json'), 0o640);
  const result = await init(['--env', 'production', '--source', 'vault']);
  expect(result).toMatchObject({ exitCode: 0 });
  const added = '    "production": { "source": "vault", "path": "secret/magic-hour" },\n';
  expect(await read('magic-hour-keys.json')).toBe(WRITTEN_BY_HAND.replace('  },\n}', `${added}  },\n}`));
  expect((await stat(project.path('magic-hour-keys.json'))).mode & 0o777).toBe(0o640);
  expect(await readdir(project.path(''))).toEqual(['magic-hour-keys.json']);
});

test('--force replaces that one environment, and without --env the whole file', async () => {
  await project.write('magic-hour-keys.json', WRITTEN_BY_HAND);
  await init(['--env', 'team', '--source', 'env', '--force']);
  expect(await read('magic-hour-keys.json')).toBe(
    WRITTEN_BY_HAND.replace('{ "source": "team-store" }', '{ "source": "env", "files": [] }'),
  );
  await init(['--force']);
  expect(await readConfig()).toEqual({
    environments: {
      development: { source: 'env', files: ['.env.local', '.env'] },
      production: { source: 'env', files: [] },
    },
  });
});

test('a file that is no configuration is told to be wrong, and only --force writes it anew', async () => {
  await project.write('magic-hour-keys.json', '{ "environments": ');
  expect(await init(['--env', 'a', '--source', 'env'])).toMatchObject({ exitCode: 78, stdout: '' });
  expect(await read('magic-hour-keys.json')).toBe('{ "environments": ');
  expect(await init(['--force'])).toMatchObject({ exitCode: 0 });
  expect(checkConfig({ cwd: project.path(''), env: {} }).ok).toBe(true);
});

test('a file with two lists of environments is left as it is', async () => {
  const twice =
    '{ "environments": { "a": { "source": "env" } }, "environments": { "b": { "source": "env" } } }';
  await project.write('magic-hour-keys.json', twice);
  const result = await init(['--env', 'production', '--source', 'env']);
  expect(result.exitCode).toBe(78);
  expect(result.stderr).toContain('the file can not be changed without breaking it');
  expect(await read('magic-hour-keys.json')).toBe(twice);
});

test('a link stays a link, and is never written over', async () => {
  await project.write('shared/keys.json', WRITTEN_BY_HAND);
  await symlink('shared/keys.json', project.path('magic-hour-keys.json'));
  expect(await init(['--env', 'production', '--source', 'env'])).toMatchObject({ exitCode: 0 });
  expect((await lstat(project.path('magic-hour-keys.json'))).isSymbolicLink()).toBe(true);
  expect(await read('shared/keys.json')).toContain('"production": { "source": "env", "files": [] },');
  const before = await read('shared/keys.json');
  const forced = await init(['--force']);
  expect(forced).toMatchObject({ exitCode: 78, stdout: '' });
  expect(forced.stderr).toContain('the configuration is a link, and is not overwritten');
  expect(await read('shared/keys.json')).toBe(before);
});

test('a link that leads nowhere is told, and nothing is made where it leads', async () => {
  await symlink('elsewhere.json', project.path('magic-hour-keys.json'));
  expect(await init()).toMatchObject({ exitCode: 78, stdout: '' });
  expect(await readdir(project.path(''))).toEqual(['magic-hour-keys.json']);
});

test('a folder that can not be written to is told by what to do', async (context) => {
  if (process.getuid?.() === 0) context.skip('this user may write everywhere');
  await mkdir(project.path('closed'), { mode: 0o555 });
  const result = await init([], {}, 'closed');
  expect(result).toMatchObject({ exitCode: 77 });
  expect(result.stderr).toContain('Check who may write the file and its folder.');
});

test('--config names another file, and its folder has to be there', async () => {
  await mkdir(project.path('etc'));
  expect(await init(['--config', 'etc/keys.json'])).toMatchObject({ exitCode: 0 });
  expect(await read('etc/keys.json')).toContain('"production"');
  expect(await init(['--config', 'missing/keys.json'])).toMatchObject({ exitCode: 78 });
});

test('.env is kept out of git and out of images, once, in the line endings of the file', async () => {
  execFileSync('git', ['init', '-q'], { cwd: project.path('') });
  await project.write('.gitignore', 'node_modules\r\ndist');
  await project.write('Dockerfile', 'FROM scratch');
  const { stderr } = await init();
  expect(stderr).toContain('mhk: added .env and .env.local to .gitignore\n');
  expect(await read('.gitignore')).toBe('node_modules\r\ndist\r\n.env\r\n.env.local\r\n');
  expect(await read('.dockerignore')).toBe('.env\n.env.local\n');
  const again = await init(['--env', 'staging', '--source', 'env']);
  expect(again.stderr).not.toContain('added');
  expect(await read('.gitignore')).toBe('node_modules\r\ndist\r\n.env\r\n.env.local\r\n');
  expect(await read('.dockerignore')).toBe('.env\n.env.local\n');
});

test.each(['.env*\n', '/.env\n/.env.local\n', '**/.env\n*.local\n', '.env.*\n.env\n'])(
  'the rules %j need no more',
  async (rules) => {
    await mkdir(project.path('.git'));
    await project.write('.gitignore', rules);
    await init();
    expect(await read('.gitignore')).toBe(rules);
  },
);

test('in a repository of many projects, the nearest .gitignore gets the lines, if none has them', async () => {
  execFileSync('git', ['init', '-q'], { cwd: project.path('') });
  await project.write('.gitignore', '.env\n');
  await project.write('app/package.json', manifest);
  await init([], {}, 'app');
  expect(await read('.gitignore')).toBe('.env\n.env.local\n');
  expect(await readdir(project.path('app'))).toEqual(['magic-hour-keys.json', 'package.json']);
});

test('a .gitignore that is a link is left alone, because git does not follow it', async () => {
  execFileSync('git', ['init', '-q'], { cwd: project.path('') });
  await project.write('elsewhere', 'mine\n');
  await symlink('elsewhere', project.path('.gitignore'));
  expect(await init()).toMatchObject({ exitCode: 0 });
  expect(await read('elsewhere')).toBe('mine\n');
});

test('--no-ignore-files leaves them alone', async () => {
  execFileSync('git', ['init', '-q'], { cwd: project.path('') });
  expect(await init(['--no-ignore-files'])).toMatchObject({ exitCode: 0 });
  expect((await readdir(project.path(''))).toSorted()).toEqual(['.git', 'magic-hour-keys.json']);
});

test('a .env that git keeps already is told, without what is in it', async () => {
  const key = makeTestKey();
  execFileSync('git', ['init', '-q'], { cwd: project.path('') });
  await project.write('.env', `MAGIC_HOUR_API_KEY=${key}\n`);
  execFileSync('git', ['add', '.env'], { cwd: project.path('') });
  const result = await init();
  expect(result.stderr).toContain('mhk: .env is kept by git. Run: git rm --cached .env;');
  expect(findLeaks([result, await read('magic-hour-keys.json')], [key])).toEqual([]);
});

test('$schema points at the file where it is: in this folder, or above', async () => {
  await project.write('package.json', manifest);
  await project.write('node_modules/@magic-hour-keys/config/schema.json', '{}');
  await project.write('packages/app/package.json', manifest);
  await init([], {}, 'packages/app');
  const { $schema } = JSON.parse(await read('packages/app/magic-hour-keys.json')) as { $schema: string };
  expect($schema).toBe('../../node_modules/@magic-hour-keys/config/schema.json');
  expect(await readFile(project.path(`packages/app/${$schema}`), 'utf8')).toBe('{}');
});

test("with Yarn's Plug'n'Play there is no file to point at", async () => {
  await project.write('package.json', manifest);
  await project.write('.pnp.cjs', '');
  await init();
  expect(await readConfig()).not.toHaveProperty('$schema');
});

test('what stands in the home folder is looked for, and not read', async () => {
  const secret = `a-login-${makeTestKey().slice(-12)}`;
  await project.write('home/.aws/config', secret);
  await project.write('home/.vault-token', secret);
  const result = await init(['--json', '--dry-run'], { HOME: project.path('home'), AWS_PROFILE: secret });
  const { found } = JSON.parse(result.stdout) as { found: unknown };
  expect(found).toEqual([
    { source: 'vault', because: 'there is ~/.vault-token', isSure: false },
    { source: 'aws', because: 'AWS_PROFILE is set', isSure: false },
    { source: 'aws', because: 'there is ~/.aws/config', isSure: false },
  ]);
  expect(findLeaks(result, [secret])).toEqual([]);
});

test('no value of any variable is shown or written', async () => {
  const secret = makeTestKey();
  const names = [
    'MAGIC_HOUR_API_KEY',
    'VAULT_TOKEN',
    'VAULT_ADDR',
    'AWS_SECRET_ACCESS_KEY',
    'AZURE_CLIENT_SECRET',
  ];
  const env = Object.fromEntries(names.map((name) => [name, secret]));
  await project.write('package.json', manifest);
  const results = [await init(['--dry-run'], env), await init(['--json'], env)];
  expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  expect(findLeaks([results, await read('magic-hour-keys.json')], [secret])).toEqual([]);
});

test('at a terminal every choice is asked for, with what was found as the answer to Enter', async () => {
  await project.write('package.json', { ...manifest, dependencies: { 'node-vault': '0.12.0' } });
  await mkdir(project.path('.git'));
  const result = await initAtTerminal([], ['', 'kv/magic-hour', '', 'n']);
  expect(result.exitCode).toBe(0);
  expect(result.stderr).toContain('mhk: found: node-vault is in package.json (vault)\n');
  expect(result.stderr).toContain(
    'Where is the key of production? env, aws, azure, gcp, vault, kubernetes: [vault] ',
  );
  expect(result.stderr).toContain('The secret with its mount in front? [secret/magic-hour] ');
  expect(result.stderr).toContain('Write it to magic-hour-keys.json? (Y/n) ');
  expect(await readConfig()).toMatchObject({
    environments: { production: { source: 'vault', path: 'kv/magic-hour' } },
  });
  expect((await readdir(project.path(''))).includes('.gitignore')).toBe(false);
});

test('at a terminal, no means no', async () => {
  const result = await initAtTerminal(['--source', 'env'], ['n']);
  expect(result).toMatchObject({ exitCode: 0 });
  expect(result.stderr).toContain('mhk: nothing was written\n');
  expect(await readdir(project.path(''))).toEqual([]);
});

test('at a terminal an environment is added to the file, or replaced after a yes', async () => {
  await project.write('magic-hour-keys.json', WRITTEN_BY_HAND);
  const kept = await initAtTerminal([], ['team', 'env', 'n']);
  expect(kept).toMatchObject({ exitCode: 64, stdout: '' });
  expect(await read('magic-hour-keys.json')).toBe(WRITTEN_BY_HAND);
  const replaced = await initAtTerminal([], ['team', 'nonsense', 'env', 'y', 'y']);
  expect(replaced).toMatchObject({ exitCode: 0 });
  expect(await read('magic-hour-keys.json')).toContain('"team": { "source": "env", "files": [] }');
  const added = await initAtTerminal([], ['canary', 'azure', 'https://x.vault.azure.net', '', 'y']);
  expect(added).toMatchObject({ exitCode: 0 });
  expect(await read('magic-hour-keys.json')).toContain(
    '"canary": { "source": "azure", "vaultUrl": "https://x.vault.azure.net", "name": "magic-hour" },',
  );
});

test('what somebody else changes while a question waits is not lost', async () => {
  const path = await project.write('magic-hour-keys.json', WRITTEN_BY_HAND);
  const theirs = WRITTEN_BY_HAND.replace('first', 'twice');
  const result = await initAtTerminal(['--env', 'production', '--source', 'env'], ['y'], {}, (text) => {
    if (text.startsWith('Write it')) writeFileSync(path, theirs);
  });
  expect(result.exitCode).toBe(75);
  expect(result.stderr).toContain(
    'mhk: somebody else has changed the file meanwhile. Run the command again.\n',
  );
  expect(await read('magic-hour-keys.json')).toBe(theirs);
  expect(await readdir(project.path(''))).toEqual(['magic-hour-keys.json']);
});

test('--yes asks nothing at a terminal', async () => {
  const result = await initAtTerminal(['--yes', '--source', 'aws'], []);
  expect(result).toMatchObject({ exitCode: 0 });
  expect(result.stderr).not.toContain('?');
  expect(await readConfig()).toMatchObject({ environments: { production: { source: 'aws' } } });
});

test('a key that is typed for an answer is refused, and not shown', async () => {
  const key = makeTestKey();
  const results = [await initAtTerminal(['--source', 'aws'], [key])];
  expect(await readdir(project.path(''))).toEqual([]);
  await project.write('magic-hour-keys.json', WRITTEN_BY_HAND);
  results.push(await initAtTerminal([], [key, 'a/b']));
  expect(results).toMatchObject([
    { exitCode: 64, stdout: '' },
    { exitCode: 64, stdout: '' },
  ]);
  expect(findLeaks(results, [key])).toEqual([]);
  expect(await read('magic-hour-keys.json')).toBe(WRITTEN_BY_HAND);
});
