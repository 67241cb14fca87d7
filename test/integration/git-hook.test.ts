// The hook that contributors can turn on, in a repository of its own with the settings and the tools of this one.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { afterEach, beforeEach, expect, test, type TestContext } from 'vitest';

const run = promisify(execFile);
const repository = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;

beforeEach(async (context: TestContext) => {
  if (process.platform === 'win32') context.skip('the hook is a shell script');
  if (!existsSync(join(repository, 'packages/cli/dist/bin.js'))) {
    console.warn('the command line is not built; run the build, then these tests');
    context.skip('the command line is not built');
  }
  folder = await mkdtemp(join(tmpdir(), 'mhk-hook-'));
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'));
  for (const name of ['.oxfmtrc.json', '.oxlintrc.json']) {
    await copyFile(join(repository, name), join(folder, name));
  }
  await git('init', '--quiet');
  await git('config', 'core.hooksPath', join(repository, '.githooks'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function git(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const author = ['-c', 'user.name=A Contributor', '-c', 'user.email=contributor@example.com'];
  return run('git', [...author, ...args], { cwd: folder });
}

/** What the hook says to a commit of that file: an empty text when it lets it pass. */
async function commit(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text);
  await git('add', name);
  try {
    await git('commit', '--quiet', '--message', 'a change');
    return '';
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return stdout + stderr;
  }
}

test('a commit that is formatted and holds no key passes, whatever lies about beside it', async () => {
  await writeFile(join(folder, 'not-staged.mjs'), 'export   const   a = 1');
  expect(await commit('a name with blanks.mjs', 'export const a = 1;\n')).toBe('');
  expect((await git('log', '--oneline')).stdout).toContain('a change');
});

test('a commit that is not formatted is refused, and names the file', async () => {
  expect(await commit('spread.mjs', 'export   const   a = 1')).toContain('spread.mjs');
});

test('a commit that the linter refuses does not pass', async () => {
  expect(await commit('careless.mjs', 'const unused = 1;\n')).toContain('no-unused-vars');
});

test('a commit with a key in it is refused, and the key is not printed', async () => {
  const key = makeTestKey();
  const output = await commit('settings.json', `{ "key": "${key}" }\n`);
  expect(output).toContain('settings.json');
  expect(findLeaks(output, [key])).toEqual([]);
});
