import { checkConfig, defineConfig } from '@magic-hour-keys/config';
import { createMemorySource, findLeaks, makeTestKey, staticKey } from '@magic-hour-keys/testing';
import { expect, test } from 'vitest';
import { failureOf, inDevelopment, load, problemsOf } from './config-for-test.ts';

test('a source made in code is used by its name, watched and closed with the provider', async () => {
  const team = createMemorySource({ name: 'team', location: 'our store' });
  const provider = load({ config: inDevelopment({ source: 'team-store' }), sources: { 'team-store': team } });
  expect((await provider.getKey()).reveal()).toBe(team.current);
  expect(provider.health()).toMatchObject({ source: 'team', location: 'our store' });
  expect(team.watchers).toBe(1);
  await provider.close();
  expect(team.closed).toBe(true);
});

test('nothing is read before somebody asks', () => {
  const team = createMemorySource();
  load({ config: inDevelopment({ source: 'team' }), sources: { team } });
  checkConfig({ config: inDevelopment({ source: 'team' }), sources: { team }, env: {} });
  expect(team.reads).toEqual([]);
});

test('in a chain it answers in its turn', async () => {
  const key = makeTestKey();
  const config = inDevelopment({ firstFound: [{ source: 'env', files: [] }, 'team'] });
  const sources = { team: staticKey(key) };
  expect((await load({ config, sources }).getKey()).source).toBe('static');
  const first = makeTestKey();
  const provider = load({ config, sources, env: { MAGIC_HOUR_API_KEY: first } });
  expect((await provider.getKey()).reveal()).toBe(first);
});

test('the policy of the environment applies to it', () => {
  const config = inDevelopment({ source: 'team', policy: { fresh: '1m' } });
  expect(checkConfig({ config, sources: { team: staticKey(makeTestKey()) }, env: {} }).environments).toEqual([
    {
      name: 'development',
      chosen: true,
      ok: true,
      source: 'static',
      location: 'a constant in code',
      policy: { freshMs: 60_000 },
      problems: [],
    },
  ]);
});

test('it takes no options from the configuration', () => {
  const config = inDevelopment({ source: 'team', region: 'x' });
  expect(problemsOf(config, { sources: { team: createMemorySource() } })).toEqual([
    '/environments/development/region: is not taken here: the source "team" was made in code, with its options',
  ]);
});

test('a misspelt name is told with those that were passed', () => {
  const config = inDevelopment({ source: 'taem' });
  expect(problemsOf(config, { sources: { team: createMemorySource() } })).toEqual([
    '/environments/development/source: is no source that is known here. There are: "env", "aws", "azure", "gcp", "vault", "kubernetes" and "team". Did you mean "team"?',
  ]);
});

test.each<[string, unknown, string]>([
  [
    'the name of a built-in source',
    { env: createMemorySource() },
    'sources.env: has the name of a built-in source',
  ],
  ['something that is no source', { team: {} }, 'sources.team: must be a source'],
  ['a key instead of a source', { team: makeTestKey() }, 'sources.team: must be a source'],
  ['a list', [createMemorySource()], 'sources: must be an object'],
  [
    'a key as the name',
    { [makeTestKey()]: createMemorySource() },
    'sources.…: has a name that looks like an API key',
  ],
])('%s is refused', (_, sources, expected) => {
  const error = failureOf({ config: inDevelopment({ source: 'env' }), sources: sources as never });
  expect(error.message).toContain(expected);
  const keys = Object.entries(sources as object).flatMap(
    (entry) => entry.filter((part) => typeof part === 'string' && part.startsWith('mhk_')) as string[],
  );
  if (keys.length > 0) expect(findLeaks(error, keys)).toEqual([]);
});

test('defineConfig gives back what it was given, and knows the sources that were named', () => {
  const config = defineConfig<'team'>({
    environments: {
      development: { source: 'env', files: ['.env'], policy: { fresh: '1m' } },
      staging: { extends: 'development', variable: 'STAGING_KEY' },
      production: { firstFound: ['env', 'team', { source: 'team' }, { source: 'env', strict: true }] },
    },
  });
  expect(problemsOf(config, { sources: { team: createMemorySource() } })).toEqual([]);
});

test('the compiler refuses what the check refuses', () => {
  const wrong = [
    // @ts-expect-error a source that nobody named
    defineConfig({ environments: { development: { source: 'team' } } }),
    // @ts-expect-error a list is expected
    defineConfig({ environments: { development: { source: 'env', files: '.env' } } }),
    // @ts-expect-error no such option
    defineConfig({ environments: { development: { source: 'env', fles: [] } } }),
    // @ts-expect-error durations have a unit
    defineConfig({ environments: { development: { source: 'env', policy: { fresh: 10 } } } }),
    // @ts-expect-error options stand inside of the list
    defineConfig({ environments: { development: { firstFound: ['env'], files: [] } } }),
    // @ts-expect-error nothing says where the key is
    defineConfig({ environments: { development: { policy: {} } } }),
  ];
  expect(wrong.map((config) => problemsOf(config).length)).toEqual([1, 1, 1, 1, 1, 1]);
});
