import { createManualClock, createMemorySource, findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { expect, test } from 'vitest';
import { failureOf, inDevelopment, load, temporaryProject } from './config-for-test.ts';

const project = temporaryProject();

test('the key of the environment that was asked for is given', async () => {
  const config = {
    environments: {
      development: { source: 'env', variable: 'DEVELOPMENT_KEY', files: [] },
      production: { source: 'env', variable: 'PRODUCTION_KEY', files: [] },
    },
  };
  const env = { DEVELOPMENT_KEY: makeTestKey(), PRODUCTION_KEY: makeTestKey() };
  expect((await load({ config, env }).getKey()).reveal()).toBe(env.DEVELOPMENT_KEY);
  const production = load({ config, env, environment: 'production' });
  expect((await production.getKey()).reveal()).toBe(env.PRODUCTION_KEY);
});

test('relative files of a configuration in code start from cwd', async () => {
  const key = makeTestKey();
  await project.write('.env.local', `MAGIC_HOUR_API_KEY=${key}\n`);
  const config = inDevelopment({ source: 'env', files: ['.env.local'] });
  expect((await load({ config, cwd: project.path('') }).getKey()).reveal()).toBe(key);
});

test('a chain goes on to the next source where the first has no key, and tells which answered', async () => {
  const key = makeTestKey();
  const events: unknown[] = [];
  const config = inDevelopment({
    firstFound: [
      { source: 'env', variable: 'OWN_KEY', files: [] },
      { source: 'env', files: [] },
    ],
  });
  const provider = load({ config, env: { MAGIC_HOUR_API_KEY: key }, onEvent: (event) => events.push(event) });
  expect((await provider.getKey()).reveal()).toBe(key);
  expect(events).toContainEqual(
    expect.objectContaining({
      type: 'resolved',
      source: 'env',
      location: 'MAGIC_HOUR_API_KEY in the environment',
    }),
  );
});

test('the policy of the environment is in force', async () => {
  const clock = createManualClock();
  const team = createMemorySource();
  const config = inDevelopment({ source: 'team', policy: { maxStale: '1m', fresh: '10s', watch: false } });
  const provider = load({ config, sources: { team }, runtime: clock.runtime });
  await provider.getKey();
  expect(team.watchers).toBe(0);
  team.fail('unavailable');
  await clock.advance(59_000);
  expect(provider.peek()?.last4).toBe(team.current.slice(-4));
  await clock.advance(2_000);
  expect(provider.peek()).toBeUndefined();
});

test('a variable that changes is read anew, as process.env is', async () => {
  const [first, second] = [makeTestKey(), makeTestKey()];
  const env: Record<string, string> = { MAGIC_HOUR_API_KEY: first };
  const provider = load({ config: inDevelopment({ source: 'env', files: [] }), env });
  const key = await provider.getKey();
  env['MAGIC_HOUR_API_KEY'] = second;
  expect((await provider.renew(key))?.reveal()).toBe(second);
});

test('all problems stand in one error, one in each line, with file and hint', async () => {
  const file = await project.write('magic-hour-keys.json', {
    keys: {},
    environments: {
      development: { source: 'env', fles: [], policy: { fresh: 10 } },
      staging: { source: 'nowhere' },
    },
  });
  const error = failureOf({ cwd: project.path('') });
  expect(error).toMatchObject({ code: 'invalid_config', source: '', location: file, transient: false });
  expect(error.hint).toContain('mhk check');
  const lines = error.message.split('\n');
  expect(lines[0]).toBe(`(${file}): the configuration has 3 problems:`);
  expect(lines.slice(1, -1).map((line) => line.split(':')[0])).toEqual([
    '  /keys',
    '  /environments/development/policy/fresh',
    '  /environments/development/fles',
  ]);
});

test('a problem of the whole file stops every environment, because it may hold a key', () => {
  const config = {
    environments: { development: { source: 'env' }, other: { source: 'env', variable: makeTestKey() } },
  };
  expect(failureOf({ config }).message).toContain(
    '/environments/other/variable: holds what looks like an API key',
  );
});

test('nothing that a caller can hold shows the key', async () => {
  const key = makeTestKey();
  const provider = load({
    config: inDevelopment({ source: 'env', files: [] }),
    env: { MAGIC_HOUR_API_KEY: key },
  });
  expect(findLeaks([await provider.getKey(), provider.health()], [key])).toEqual([]);
});

test('a missing key is told with the variable and the files', async () => {
  const provider = load({
    config: inDevelopment({ source: 'env', files: ['.env.local'] }),
    cwd: project.path(''),
  });
  await expect(provider.getKey()).rejects.toMatchObject({
    code: 'not_found',
    source: 'env',
    location: 'MAGIC_HOUR_API_KEY, .env.local',
  });
});
