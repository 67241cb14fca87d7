// The scripts in the shells that they are for. The program is found in PATH, as it is when it is installed.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { beforeEach, expect, test, type TestContext } from 'vitest';
import { temporaryProject } from '../../unit/config/config-for-test.ts';
import { BIN, isInstalled, skipWithout, skipWithoutBuild, startMhk } from './built-mhk.ts';

const project = temporaryProject();
const environments = {
  development: { source: 'env' },
  staging: { source: 'env' },
  production: { source: 'env' },
};

beforeEach(async (context: TestContext) => {
  skipWithoutBuild(context);
  await project.write('magic-hour-keys.json', { environments });
  await project.write('other/keys.json', { environments: { other: { source: 'env' } } });
  await project.write('bin/mhk', `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`, 0o755);
});

function inShell(shell: string, argv: readonly string[]): string {
  const { PATH = '' } = process.env;
  const env = { PATH: `${project.path('bin')}:${PATH}`, HOME: project.path(''), TERM: 'dumb' };
  return execFileSync(shell, argv, { cwd: project.path(''), env, encoding: 'utf8' });
}

/** What bash offers for each of these lines, of which the last word is being typed. */
function completeInBash(lines: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const asks = lines.map((words) => {
    const quoted = words.map((word) => `'${word}'`).join(' ');
    return `COMP_WORDS=(mhk ${quoted}); COMP_CWORD=${words.length}; _mhk; echo "\${COMPREPLY[*]}"`;
  });
  const script = ['eval "$(mhk completion bash)"', 'complete -p mhk', ...asks].join('\n');
  const [registered, ...answers] = inShell('bash', ['--norc', '--noprofile', '-c', script])
    .trimEnd()
    .split('\n');
  expect(registered).toBe('complete -o bashdefault -o default -F _mhk mhk');
  // A last line that is empty has been trimmed away.
  return lines.map((_, at) => (answers[at] ?? '').split(' ').filter(Boolean));
}

test('bash completes commands, options, environments and files', (context) => {
  skipWithout('bash', context);
  const [commands, options, names, sameName, otherNames, files, shells, value, behind, programs] =
    completeInBash([
      ['e'],
      ['get', '--'],
      ['get', '--env', 's'],
      ['get', '--env', '=', 'prod'],
      ['get', '--config', 'other/keys.json', '--env', ''],
      ['check', '--config', 'magic'],
      ['completion', ''],
      ['exec', '--as', 'X'],
      ['curl', '--', '--'],
      ['exec', '--', 'mh'],
    ]);
  expect(commands).toEqual(['explain', 'exec']);
  expect(options).toEqual(expect.arrayContaining(['--env', '--config', '--reveal', '--json', '--help']));
  expect(names).toEqual(['staging']);
  expect(sameName).toEqual(['production']);
  expect(otherNames).toEqual(['other']);
  expect(files).toEqual(['magic-hour-keys.json']);
  expect(shells).toEqual(expect.arrayContaining(['bash', 'zsh', 'fish']));
  expect(value).toEqual([]);
  expect(behind).toEqual([]);
  expect(programs).toContain('mhk');
});

test('what stands in a configuration is never run by the shell', async (context) => {
  skipWithout('bash', context);
  const name = '$(touch ran)';
  await project.write('magic-hour-keys.json', {
    environments: { ...environments, [name]: { source: 'env' } },
  });
  const [names] = completeInBash([['get', '--env', '']]);
  expect(names).toEqual(['development', 'staging', 'production']);
  expect(existsSync(project.path('ran'))).toBe(false);
});

test('while a configuration is broken there is no environment to offer, and nothing is said', async () => {
  await project.write('magic-hour-keys.json', '{');
  expect(await startMhk(['complete-environments'], { cwd: project.path('') }).ended).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: '',
  });
});

test('zsh reads its script, and has a completion for mhk then', (context) => {
  skipWithout('zsh', context);
  const script =
    'autoload -U compinit; compinit -u -D; eval "$(mhk completion zsh)"; print $_comps[mhk]; which _mhk > /dev/null && print defined';
  expect(inShell('zsh', ['-f', '-c', script])).toBe('_mhk\ndefined\n');
});

test('fish completes commands, options and environments', (context) => {
  skipWithout('fish', context);
  const complete = (line: string): string[] =>
    inShell('fish', ['--no-config', '-c', `mhk completion fish | source; complete -C '${line}'`])
      .trimEnd()
      .split('\n')
      .map((entry) => entry.split('\t')[0] ?? '');
  expect(complete('mhk ex')).toEqual(['exec', 'explain']);
  expect(complete('mhk get --re')).toEqual(['--reveal']);
  expect(complete('mhk get --env s')).toContain('staging');
});

test('every shell is told every command and every option', async () => {
  const { stdout: help } = await startMhk(['--help'], { cwd: project.path('') }).ended;
  const commands = [...help.matchAll(/^ {2}([a-z]+) (?:\[|<|\S)/gm)].map(([, name]) => name ?? '');
  expect(commands).toContain('exec');
  for (const shell of ['bash', 'zsh', 'fish']) {
    // One after the other is enough for three.
    const { stdout } = await startMhk(['completion', shell], { cwd: project.path('') }).ended;
    for (const name of commands) expect(stdout).toContain(name);
    expect(stdout).toMatch(/no-mask/);
    expect(stdout).not.toMatch(/undefined|\[object/);
    if (isInstalled(shell)) inShell(shell, ['-n', '-c', stdout]);
  }
});
