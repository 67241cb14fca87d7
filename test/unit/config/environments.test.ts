import { checkConfig, type EnvironmentCheck } from '@magic-hour-keys/config';
import { expect, test } from 'vitest';
import { inDevelopment, pointersOf, problemsOf } from './config-for-test.ts';

function checked(environments: object, name: string): EnvironmentCheck | undefined {
  return checkConfig({ env: {}, config: { environments }, environment: name }).environments.find(
    (environment) => environment.name === name,
  );
}

test.each([
  [null, ['']],
  ['{}', ['']],
  [[], ['']],
  [{}, ['/environments']],
  [{ environments: [] }, ['/environments']],
  [{ environments: 5 }, ['/environments']],
  [{ environments: { development: [] } }, ['/environments/development']],
  [{ environments: { development: 'env' } }, ['/environments/development']],
  [{ environments: { development: {} } }, ['/environments/development']],
  [{ environments: { development: { source: 5 } } }, ['/environments/development/source']],
  [
    { $schema: 1, description: 2, environments: { development: { source: 'env' } } },
    ['/$schema', '/description'],
  ],
])('the configuration %j is refused', (config, pointers) => {
  expect(pointersOf(config)).toEqual(pointers);
});

test('$schema at the top and description anywhere are allowed', () => {
  const config = {
    $schema: './node_modules/@magic-hour-keys/config/schema.json',
    description: 'All our keys',
    environments: { development: { source: 'env', description: 'Everybody has their own' } },
  };
  expect(problemsOf(config)).toEqual([]);
});

test('a configuration without environments says so', () => {
  expect(problemsOf({ environments: {} })[0]).toBe(
    '/environments: must have at least one environment, such as "development"',
  );
});

test.each(['with blank', '-x', 'a:b', 'x'.repeat(49), ''])('an environment can not be called %j', (name) => {
  const problems = problemsOf({
    environments: { development: { source: 'env' }, [name]: { source: 'env' } },
  });
  expect(problems).toEqual([expect.stringContaining('must have a name of at most 48 letters')]);
});

test('keys is refused with the reason, wherever it stands', () => {
  const expected = 'is reserved for several named keys, which this version does not have';
  expect(problemsOf({ environments: { development: { source: 'env' } }, keys: {} })[0]).toContain(
    `/keys: ${expected}`,
  );
  expect(problemsOf(inDevelopment({ source: 'env', keys: {} }))[0]).toContain(
    `/environments/development/keys: ${expected}`,
  );
});

test('an unknown option is told with those there are and the closest', () => {
  expect(problemsOf(inDevelopment({ source: 'env', file: '.env', varible: 'X' }))).toEqual([
    '/environments/development/file: is not an option of the source "env", which takes "variable", "files" and "strict". Did you mean "files"?',
    '/environments/development/varible: is not an option of the source "env", which takes "variable", "files" and "strict". Did you mean "variable"?',
  ]);
});

test.each(['toString', 'hasOwnProperty', 'valueOf'])('%s is no option', (name) => {
  expect(pointersOf(inDevelopment({ source: 'env', [name]: 1 }))).toEqual([
    `/environments/development/${name}`,
  ]);
});

test('an unknown source is told with those there are', () => {
  expect(problemsOf(inDevelopment({ source: 'evn' }))).toEqual([
    '/environments/development/source: is no source that is known here. There are: "env", "aws", "azure", "gcp", "vault" and "kubernetes". Did you mean "env"?',
  ]);
  expect(problemsOf(inDevelopment({ source: 'onepassword', project: 'p' }))).toEqual([
    '/environments/development/source: is no source that is known here. There are: "env", "aws", "azure", "gcp", "vault" and "kubernetes".',
  ]);
});

test('the defaults of a source are filled in, and options replace them', () => {
  expect(checked({ a: { source: 'env' } }, 'a')).toMatchObject({
    source: 'env',
    location: 'MAGIC_HOUR_API_KEY, .env',
  });
  const files = ['.env.local', '.env'];
  expect(checked({ a: { source: 'env', variable: 'KEY', files } }, 'a')).toMatchObject({
    location: 'KEY, .env.local, .env',
  });
});

test('wrong options are told by what is expected and what the option is for', () => {
  const config = inDevelopment({ source: 'env', variable: 'NOT A NAME', files: '.env', strict: 'yes' });
  expect(problemsOf(config)).toEqual([
    '/environments/development/variable: must be text that matches /^[A-Za-z_][A-Za-z0-9_]*$/ (The variable that holds the key, in the environment and in the files)',
    '/environments/development/files: must be a list (Files in .env format, asked in this order after the environment. A missing one is skipped)',
    '/environments/development/strict: must be true or false (Refuse a key file that every user of the machine may read, instead of a warning)',
  ]);
});

test('a mistake in one environment does not stop another, and the check tells it', () => {
  const config = {
    environments: { development: { source: 'env' }, production: { source: 'env', fles: [] } },
  };
  const check = checkConfig({ env: {}, config });
  expect(check.ok).toBe(false);
  expect(check.environments.map(({ name, ok, chosen }) => [name, ok, chosen])).toEqual([
    ['development', true, true],
    ['production', false, false],
  ]);
});

test('an environment changes the one it extends', () => {
  const environments = {
    base: {
      source: 'env',
      variable: 'A',
      files: ['.env', '.env.base'],
      policy: { fresh: '1m', maxStale: '2h' },
    },
    child: { extends: 'base', files: ['.env.child'], policy: { fresh: '5s' } },
    grandchild: { extends: 'child', variable: 'B' },
  };
  expect(checked(environments, 'child')).toMatchObject({
    location: 'A, .env.child',
    policy: { freshMs: 5000, maxStaleMs: 7_200_000 },
  });
  expect(checked(environments, 'grandchild')).toMatchObject({
    location: 'B, .env.child',
    policy: { freshMs: 5000, maxStaleMs: 7_200_000 },
  });
});

test('with the same source the options stay, with another or with a chain only the policy does', () => {
  const environments = {
    base: { source: 'env', variable: 'A', policy: { fresh: '1m' } },
    same: { extends: 'base', source: 'env', files: [] },
    chain: { extends: 'base', firstFound: ['env'] },
    back: { extends: 'chain', source: 'env' },
  };
  expect(checked(environments, 'same')).toMatchObject({ location: 'A', policy: { freshMs: 60_000 } });
  expect(checked(environments, 'chain')).toMatchObject({
    source: 'firstFound',
    location: 'env (MAGIC_HOUR_API_KEY, .env)',
    policy: { freshMs: 60_000 },
  });
  expect(checked(environments, 'back')).toMatchObject({
    location: 'MAGIC_HOUR_API_KEY, .env',
    policy: { freshMs: 60_000 },
  });
});

test('a problem that was inherited is told where it was written, once', () => {
  const config = {
    environments: {
      base: { source: 'env', variable: 5, policy: { fresh: 1 } },
      development: { extends: 'base', files: [] },
    },
  };
  expect(pointersOf(config)).toEqual(['/environments/base/policy/fresh', '/environments/base/variable']);
});

test.each([
  [{ a: { extends: 'a' } }, ['/environments/a/extends']],
  [
    { a: { extends: 'b', source: 'env' }, b: { extends: 'a' } },
    ['/environments/b/extends', '/environments/a/extends'],
  ],
])('a circle of environments is refused: %j', (environments, pointers) => {
  const problems = checkConfig({ env: {}, config: { environments }, environment: 'a' }).problems;
  expect(problems.map(({ pointer }) => pointer)).toEqual(pointers);
  expect(problems[0]?.message).toContain('leads back to this environment');
});

test('extending something that is not there is told with the closest', () => {
  const environments = {
    development: { source: 'env', extends: 'prodction' },
    production: { source: 'env' },
  };
  expect(problemsOf({ environments })).toEqual([
    '/environments/development/extends: must be one of "development" or "production". Did you mean "production"?',
  ]);
  expect(problemsOf(inDevelopment({ source: 'env', extends: 5 }))).toEqual([
    '/environments/development/extends: must be the name of another environment',
  ]);
});

test('a chain names its sources in order, by name or with options', () => {
  const config = inDevelopment({ firstFound: ['env', { source: 'env', variable: 'B', files: [] }] });
  expect(checkConfig({ env: {}, config }).environments[0]).toMatchObject({
    ok: true,
    source: 'firstFound',
    location: 'env (MAGIC_HOUR_API_KEY, .env), env (B)',
  });
});

test.each<[unknown, string]>([
  [[], '/firstFound: must be a list of one or more sources'],
  ['env', '/firstFound: must be a list of one or more sources'],
  [[5], '/firstFound/0: must be the name of a source, or an object with "source"'],
  [[{ files: [] }], '/firstFound/0: must be the name of a source, or an object with "source"'],
  [['env', 'onepassword'], '/firstFound/1: is no source that is known here.'],
  [[{ source: 'onepassword' }], '/firstFound/0/source: is no source that is known here.'],
  [[{ source: 'env', policy: {} }], '/firstFound/0/policy: stands in an environment'],
  [[{ source: 'env', extends: 'x' }], '/firstFound/0/extends: stands in an environment'],
  [
    [{ source: 'env', firstFound: [] }],
    '/firstFound/0/firstFound: stands in an environment, and chains do not nest',
  ],
  [[{ source: 'env', fles: [] }], '/firstFound/0/fles: is not an option of the source "env"'],
])('the chain %j is refused', (firstFound, expected) => {
  expect(problemsOf(inDevelopment({ firstFound }))[0]).toContain(`/environments/development${expected}`);
});

test('a chain and a source at once, or options beside a chain, are refused', () => {
  expect(problemsOf(inDevelopment({ source: 'env', firstFound: ['env'] }))[0]).toContain(
    '/environments/development: has both "source" and "firstFound"',
  );
  expect(problemsOf(inDevelopment({ firstFound: ['env'], files: [] }))).toEqual([
    '/environments/development/files: stands beside "firstFound", where only "policy", "extends" and "description" may; move it into a source of the list',
  ]);
});
