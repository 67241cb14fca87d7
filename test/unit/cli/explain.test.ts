import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { expect, test } from 'vitest';
import { inDevelopment, temporaryProject } from '../config/config-for-test.ts';
import { runMhk, type Run } from './run-mhk.ts';

const project = temporaryProject();
const key = makeTestKey();

async function explain(links: readonly object[], argv: readonly string[] = []): Promise<Run> {
  await project.write('magic-hour-keys.json', inDevelopment({ firstFound: links }));
  return runMhk(['explain', ...argv], {
    cwd: project.path(''),
    env: { FOUND: key, BROKEN: 'your_api_key_here' },
  });
}

const env = (variable: string): object => ({ source: 'env', variable, files: [] });

/** Times differ. */
function withoutTimes({ stdout }: Run): string {
  return stdout.replaceAll(/\d+ ms/g, 'N ms');
}

test('each link is told with what it said, and the one that answers is marked', async () => {
  const result = await explain([
    env('MISSING'),
    { source: 'vault', path: 'secret/x' },
    env('FOUND'),
    env('OTHER'),
  ]);
  expect(withoutTimes(result)).toBe(
    [
      '  env    not_found  N ms  (MISSING)',
      '         Set MISSING in the environment: MISSING is not set.',
      '  vault  not_configured  N ms  (secret/x at VAULT_ADDR)',
      '         Set VAULT_ADDR or the option `address`.',
      `* env    key …${key.slice(-4)}  N ms  (FOUND)`,
      '  env    not asked  (OTHER)',
      '',
    ].join('\n'),
  );
  expect(result).toMatchObject({ exitCode: 0, stderr: '' });
  expect(findLeaks(result, [key])).toEqual([]);
});

test('--all asks those behind it too', async () => {
  const result = await explain([env('FOUND'), env('OTHER')], ['--all']);
  expect(withoutTimes(result)).toContain('  env  not_found  N ms  (OTHER)');
  expect(withoutTimes(result)).toContain('* env  key …');
});

test('a link that has something else than no key stops the walk, and that is said', async () => {
  const result = await explain([env('BROKEN'), env('FOUND')]);
  expect(withoutTimes(result)).toContain('  env  invalid_key  N ms  (BROKEN)');
  expect(withoutTimes(result)).toContain('  env  not asked  (FOUND)');
  expect(result).toMatchObject({
    exitCode: 78,
    stderr: 'mhk: this stops the walk: only a link that has no key lets it go on\n',
  });
});

test('where no link has a key, that is said', async () => {
  const result = await explain([env('MISSING'), env('OTHER')]);
  expect(result).toMatchObject({ exitCode: 66, stderr: 'mhk: no link has a key\n' });
});

test('--json has the same members for each link', async () => {
  const { stdout } = await explain([env('MISSING'), env('FOUND'), env('OTHER')], ['--json']);
  const { answers, used } = JSON.parse(stdout) as { answers: Record<string, unknown>[]; used: number };
  expect(used).toBe(1);
  expect(answers.map(({ outcome }) => outcome)).toEqual(['not_found', 'key', 'not asked']);
  const members = ['source', 'location', 'outcome', 'last4', 'version', 'createdAt', 'durationMs', 'hint'];
  for (const answer of answers) expect(Object.keys(answer).toSorted()).toEqual(members.toSorted());
  expect(answers[1]).toMatchObject({ last4: key.slice(-4), hint: null });
});

test('one source is a chain of one', async () => {
  const { exitCode, stdout } = await runMhk(['explain'], {
    cwd: project.path(''),
    env: { MAGIC_HOUR_API_KEY: key },
  });
  expect(exitCode).toBe(0);
  expect(stdout).toContain(`* env  key …${key.slice(-4)}`);
});
