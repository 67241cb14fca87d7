// What the rest of the machine can see of the command line while it runs: its arguments and its environment.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { beforeEach, expect, test, type TestContext } from 'vitest';
import { temporaryProject } from '../../unit/config/config-for-test.ts';
import { skipWithoutBuild, startMhk } from './built-mhk.ts';

const project = temporaryProject();
const key = makeTestKey();
/** Makes processes of this test known among all others of the machine. */
const MARK = `mark-${makeTestKey().slice(9)}`;

beforeEach(async (context: TestContext) => {
  skipWithoutBuild(context);
  if (!existsSync('/proc/self/environ')) context.skip('this system has no /proc');
  await project.write('.env', `MAGIC_HOUR_API_KEY=${key}\n`);
  await project.write('.gitignore', '.env\n');
  execFileSync('git', ['init', '--quiet'], { cwd: project.path('') });
});

interface Seen {
  readonly command: string;
  readonly environment: string;
}

/** All processes that carry the mark, by their number, as often as they can be looked at until the end. */
async function watch(
  argv: readonly string[],
  onSeen: (command: string) => void = () => undefined,
): Promise<{ exitCode: number | null; seen: Map<string, Seen[]> }> {
  const { ended } = startMhk(argv, { cwd: project.path(''), env: { MARK } });
  const seen = new Map<string, Seen[]>();
  // In between the process can be read from.
  const isOver = (): Promise<boolean> =>
    Promise.race([ended.then(() => true), new Promise<false>((resolve) => setImmediate(resolve, false))]);
  do {
    for (const id of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      const environment = readIfThere(`/proc/${id}/environ`);
      if (!environment.includes(MARK)) continue;
      const command = readIfThere(`/proc/${id}/cmdline`).split('\0').join(' ');
      seen.set(id, [...(seen.get(id) ?? []), { command, environment }]);
      onSeen(command);
    }
  } while (!(await isOver()));
  return { exitCode: (await ended).exitCode, seen };
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

test.each([
  [['get', '--reveal']],
  [['check']],
  [['explain']],
  [['status']],
  [['header']],
  [['scan', '--staged']],
  [['doctor', '--offline']],
  [['init', '--dry-run', '--yes', '--source', 'env']],
  [['completion', 'bash']],
  [['curl', '--', '--max-time', '1', '--connect-to', '::127.0.0.1:9', '-sS', 'https://api.magichour.ai/']],
])('while mhk %j runs, the key is in no argument and in no environment', async (argv) => {
  const { seen } = await watch(argv);
  expect(seen.size).toBeGreaterThanOrEqual(1);
  expect(findLeaks([...seen.values()], [key])).toEqual([]);
});

test('while mhk exec runs, the key is in the environment of the program alone, and in no argument', async () => {
  const code = `setInterval(() => require('fs').existsSync('seen') && process.exit(), 10)`;
  const isProgram = (command: string): boolean => !command.includes('bin.js') && command.includes(' -e ');
  const { exitCode, seen } = await watch(['exec', '--', process.execPath, '-e', code], (command) => {
    if (isProgram(command)) writeFileSync(project.path('seen'), '');
  });
  expect(exitCode).toBe(0);
  const all = [...seen.values()].flat();
  expect(
    findLeaks(
      all.map(({ command }) => command),
      [key],
    ),
  ).toEqual([]);
  const own = all.filter(({ command }) => command.includes('bin.js'));
  const program = all.filter(({ command }) => isProgram(command));
  expect(own.length).toBeGreaterThan(0);
  expect(findLeaks(own, [key])).toEqual([]);
  expect(program.some(({ environment }) => environment.includes(`MAGIC_HOUR_API_KEY=${key}`))).toBe(true);
});
