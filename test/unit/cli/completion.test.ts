import { expect, test } from 'vitest';
import { temporaryProject } from '../config/config-for-test.ts';
import { runMhk } from './run-mhk.ts';

const project = temporaryProject();
const run = (...argv: string[]) => runMhk(argv, { cwd: project.path('') });

test.each([
  ['bash', "get) words='--env --config --reveal --json --help' ;;"],
  ['zsh', "'--config[the configuration; otherwise the nearest magic-hour-keys.json]:file:_files'"],
  ['fish', "-l env -x -a '(mhk complete-environments 2>/dev/null)'"],
])('the script for %s knows commands, options and what follows them', async (shell, line) => {
  const { exitCode, stdout, stderr } = await run('completion', shell);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toContain(line);
  for (const name of ['init', 'doctor', 'completion', 'no-mask']) expect(stdout).toContain(name);
});

test('what only the scripts use is offered to nobody', async () => {
  const { stdout } = await run('--help');
  expect(stdout).not.toContain('complete-environments');
  const { stdout: script } = await run('completion', 'bash');
  expect(script).not.toContain('complete-environments)');
});

test('a quote in a description does not end the text that it stands in', async () => {
  expect((await run('completion', 'zsh')).stdout).toContain(String.raw`'\''s options`);
  expect((await run('completion', 'fish')).stdout).toContain(String.raw`\'s options`);
});

test('--json has the shell and the script', async () => {
  const { stdout } = await run('completion', 'fish');
  expect(JSON.parse((await run('completion', 'fish', '--json')).stdout)).toEqual({
    shell: 'fish',
    script: stdout,
  });
});

test('another shell is a usage error that names those there are', async () => {
  const { exitCode, stdout, stderr } = await run('completion', 'tcsh');
  expect({ exitCode, stdout }).toEqual({ exitCode: 64, stdout: '' });
  expect(stderr).toContain('Allowed choices are bash, zsh, fish');
});

test('the environments are those of the configuration, also of one that --config names', async () => {
  const environments = { development: { source: 'env' }, 'eu.staging': { source: 'env' } };
  await project.write('magic-hour-keys.json', { environments });
  await project.write('other.json', { environments: { other: { source: 'wrong' } } });
  expect((await run('complete-environments')).stdout).toBe('development\neu.staging\n');
  expect((await run('complete-environments', '--config', 'other.json')).stdout).toBe('other\n');
  expect(await run('complete-environments', '--config', 'gone.json')).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: '',
  });
});
