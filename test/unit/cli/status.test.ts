import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { expect, test } from 'vitest';
import { temporaryProject } from '../config/config-for-test.ts';
import { runMhk } from './run-mhk.ts';

const project = temporaryProject();
const key = makeTestKey();
const status = (argv: readonly string[], env: Record<string, string>) =>
  runMhk(['status', ...argv], { cwd: project.path(''), env });

test('the health is a small table without the key', async () => {
  const result = await status([], { MAGIC_HOUR_API_KEY: key });
  expect(result).toMatchObject({ exitCode: 0, stderr: '' });
  expect(result.stdout.replace(/confirmed( +)\d+ ms/, 'confirmed$1N ms')).toBe(
    [
      'state            fresh',
      'source           env',
      'location         MAGIC_HOUR_API_KEY in the environment',
      `last4            ${key.slice(-4)}`,
      'confirmed        N ms ago',
      'next attempt     at once',
      'outage survived  24 h',
      '',
    ].join('\n'),
  );
  expect(findLeaks(result, [key])).toEqual([]);
});

test('--json has the same members each time', async () => {
  const members = ['state', 'source', 'location', 'last4', 'version', 'ageMs', 'lastErrorCode'];
  for (const env of [{ MAGIC_HOUR_API_KEY: key }, {}]) {
    const health = JSON.parse((await status(['--json'], env)).stdout) as object;
    expect(Object.keys(health)).toEqual([...members, 'nextAttemptInMs', 'survivesOutageMs']);
  }
});

test('without a key the state is empty, and the exit code says why', async () => {
  const result = await status([], {});
  expect(result.exitCode).toBe(66);
  expect(result.stdout).toContain('state            empty\n');
  expect(result.stdout).toContain('last error       not_found\n');
  expect(result.stderr).toContain('not_found');
});
