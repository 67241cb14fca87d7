import { execFileSync } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { expect, test } from 'vitest';
import { temporaryProject } from '../config/config-for-test.ts';
import { runMhk, type Run } from './run-mhk.ts';

const project = temporaryProject();
const key = makeTestKey();
const other = makeTestKey();

function scan(
  argv: readonly string[] = [],
  env: Record<string, string> = { MAGIC_HOUR_API_KEY: key },
): Promise<Run> {
  return runMhk(['scan', ...argv], { cwd: project.path(''), env });
}

function git(...argv: string[]): void {
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...argv], {
    cwd: project.path(''),
  });
}

test('a key is found by its shape, and told by file, line and last four characters', async () => {
  await project.write('src/app.ts', `const a = 1;\nconst key = '${other}';\n`);
  const result = await scan();
  expect(result).toMatchObject({ exitCode: 1, stdout: `src/app.ts:2: …${other.slice(-4)} (key shape)\n` });
  expect(result.stderr).toContain('1 key found. Take it out');
  expect(findLeaks(result, [key, other])).toEqual([]);
});

test.each([
  ['as it is', key],
  ['in base64', Buffer.from(key).toString('base64')],
  ['in base64, behind other text', Buffer.from(`token:${key}`).toString('base64')],
  ['in hex', Buffer.from(key).toString('hex')],
  ['in JSON', JSON.stringify({ key })],
  ['in two bytes a character', Buffer.from(key, 'utf16le')],
])('the current key is found by its value: %s', async (_name, content) => {
  await project.write('dist/bundle.js', Buffer.concat([Buffer.from('x\ny\n'), Buffer.from(content)]));
  expect(await scan(['dist'])).toMatchObject({
    exitCode: 1,
    stdout: `dist/bundle.js:3: …${key.slice(-4)} (current key)\n`,
  });
});

test('a key on the border of two parts of a large file is found, with its line', async () => {
  const border = 8 * 1024 * 1024;
  const before = Buffer.alloc(border - 10, 'line\n');
  await project.write(
    'large.log',
    Buffer.concat([before, Buffer.from(`\n${other}\n`), Buffer.alloc(100_000)]),
  );
  const { stdout } = await scan(['large.log']);
  const line = before.toString().split('\n').length + 1;
  expect(stdout).toBe(`large.log:${line}: …${other.slice(-4)} (key shape)\n`);
});

test('what only looks a little like a key is none', async () => {
  await project.write(
    'README.md',
    `mhk_live_${'x'.repeat(24)} mhk_live_short mhk_LIVE_${other.slice(9)} mhk_test_…`,
  );
  expect(await scan()).toEqual({ exitCode: 0, stdout: '', stderr: '' });
});

test('node_modules and the inside of .git are left out, and links are not followed', async () => {
  await project.write('node_modules/x/index.js', other);
  await project.write('.git/objects/x', other);
  await project.write('elsewhere/.git/x', other);
  await symlink('/proc/self/environ', project.path('link'));
  expect(await scan()).toMatchObject({ exitCode: 0, stdout: '' });
});

test('a .env that git ignores is where the key belongs; one that it does not ignore is told', async () => {
  git('init', '--quiet');
  await project.write('.gitignore', '.env\n');
  await project.write('.env', `MAGIC_HOUR_API_KEY=${key}\n`);
  await project.write('.env.production', `MAGIC_HOUR_API_KEY=${key}\n`);
  expect((await scan()).stdout).toBe(`.env.production:1: …${key.slice(-4)} (current key)\n`);
});

test('--staged looks at the next commit alone, as it is in the index', async () => {
  git('init', '--quiet');
  await project.write('a file.txt', `one\ntwo ${other}\n`);
  await project.write('not-added.txt', other);
  git('add', 'a file.txt');
  await project.write('a file.txt', 'cleaned, but not added again\n');
  expect(await scan(['--staged'])).toMatchObject({
    exitCode: 1,
    stdout: `a file.txt:2: …${other.slice(-4)} (key shape)\n`,
  });
  git('add', 'a file.txt');
  expect(await scan(['--staged'])).toMatchObject({ exitCode: 0, stdout: '' });
});

test('--install-hook refuses a commit with a key, and overwrites no other hook', async () => {
  git('init', '--quiet');
  expect(await scan(['--install-hook'])).toEqual({
    exitCode: 0,
    stdout: 'wrote the pre-commit hook\n',
    stderr: '',
  });
  expect((await scan(['--install-hook'])).stderr).toContain('node_modules/.bin/mhk scan --staged');
  await project.write('secret.txt', other);
  git('add', 'secret.txt');
  // There is no mhk in this folder, so the hook fails, as it does for a key.
  expect(() => git('commit', '--quiet', '-m', 'x')).toThrow('Command failed');
});

test('without a key to compare with, keys are known by their shape, and that is said', async () => {
  await project.write('a.txt', other);
  const result = await scan([], {});
  expect(result.stdout).toBe(`a.txt:1: …${other.slice(-4)} (key shape)\n`);
  expect(result.stderr).toContain('by their shape alone');
  expect((await scan(['--no-value'], {})).stderr).not.toContain('by their shape alone');
});

test('--json lists the findings', async () => {
  await project.write('a.txt', other);
  const { stdout } = await scan(['--json']);
  expect(JSON.parse(stdout)).toEqual({
    findings: [{ file: 'a.txt', line: 1, last4: other.slice(-4), kind: 'key shape' }],
  });
});

test('a file that is named by a key does not show it', async () => {
  await project.write(`${other}.txt`, other);
  const result = await scan();
  expect(result.exitCode).toBe(1);
  expect(findLeaks(result, [other])).toEqual([]);
});

test('a path that does not exist is told', async () => {
  expect(await scan(['gone'])).toMatchObject({
    exitCode: 66,
    stderr: 'mhk: one of the paths does not exist\n',
  });
});
