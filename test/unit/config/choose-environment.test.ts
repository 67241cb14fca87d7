import { checkConfig } from '@magic-hour-keys/config';
import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { expect, test } from 'vitest';
import { failureOf, load, temporaryProject } from './config-for-test.ts';

const env = { source: 'env' };
const ALL = { environments: { development: env, staging: env, production: env } };
const WITHOUT_DEVELOPMENT = { environments: { staging: env, production: env } };
const project = temporaryProject();

type Variables = Record<string, string | undefined>;

function chosen(config: unknown, variables: Variables, environment?: string): unknown {
  return checkConfig({ config, env: variables, environment }).environment;
}

test.each<[string | undefined, Variables, { name: string; from: string }]>([
  [
    'staging',
    { MAGIC_HOUR_ENV: 'production', NODE_ENV: 'production' },
    { name: 'staging', from: 'argument' },
  ],
  [
    undefined,
    { MAGIC_HOUR_ENV: 'staging', NODE_ENV: 'production' },
    { name: 'staging', from: 'MAGIC_HOUR_ENV' },
  ],
  [undefined, { MAGIC_HOUR_ENV: ' staging ' }, { name: 'staging', from: 'MAGIC_HOUR_ENV' }],
  [undefined, { MAGIC_HOUR_ENV: '', NODE_ENV: 'production' }, { name: 'production', from: 'NODE_ENV' }],
  [undefined, { NODE_ENV: 'production' }, { name: 'production', from: 'NODE_ENV' }],
  [undefined, { NODE_ENV: 'development' }, { name: 'development', from: 'NODE_ENV' }],
  [undefined, { NODE_ENV: 'test' }, { name: 'development', from: 'default' }],
  [undefined, { NODE_ENV: '' }, { name: 'development', from: 'default' }],
  [undefined, {}, { name: 'development', from: 'default' }],
])('with the argument %s and %o the environment is %o', (argument, variables, expected) => {
  expect(chosen(ALL, variables, argument)).toEqual(expected);
});

test('an environment called test is taken under NODE_ENV=test', () => {
  const config = { environments: { ...ALL.environments, test: env } };
  expect(chosen(config, { NODE_ENV: 'test' })).toEqual({ name: 'test', from: 'NODE_ENV' });
});

test.each<[unknown, Variables, string]>([
  [ALL, { NODE_ENV: 'prod' }, 'NODE_ENV is "prod", which is none of them'],
  [WITHOUT_DEVELOPMENT, { NODE_ENV: 'test' }, 'NODE_ENV is "test", which is none of them'],
  [WITHOUT_DEVELOPMENT, {}, 'MAGIC_HOUR_ENV is not set, and NODE_ENV is not set'],
])('development is never taken by guess: %j under %j', (config, variables, expected) => {
  const error = failureOf({ config, env: variables });
  expect(error.code).toBe('invalid_config');
  expect(error.message).toContain(expected);
  expect(error.message).toContain('"staging" and "production"');
});

test('an environment that is asked for and not there is an error with the names that are, and the closest', () => {
  expect(failureOf({ config: ALL, environment: 'prodution' }).message).toContain(
    '/environments: there is no environment "prodution". ' +
      'There are: "development", "staging" and "production". Did you mean "production"?',
  );
  expect(
    failureOf({ config: ALL, env: { MAGIC_HOUR_ENV: 'stage', NODE_ENV: 'production' } }).message,
  ).toContain('there is no environment "stage", which MAGIC_HOUR_ENV names.');
});

test.each(['', '__proto__', 'toString', 'constructor'])(
  'the name %j finds nothing by accident',
  (environment) => {
    expect(failureOf({ config: ALL, environment }).code).toBe('invalid_config');
  },
);

test('a name that is not text is an error', () => {
  expect(failureOf({ config: ALL, environment: 5 as never }).code).toBe('invalid_config');
});

test('a key in the place of a name is never shown', async () => {
  const key = makeTestKey();
  const errors = [
    failureOf({ config: ALL, environment: key }),
    failureOf({ config: ALL, env: { MAGIC_HOUR_ENV: key } }),
    failureOf({ config: ALL, env: { NODE_ENV: key } }),
  ];
  expect(findLeaks(errors, [key])).toEqual([]);
  for (const variable of ['MAGIC_HOUR_ENV', 'NODE_ENV']) {
    const check = checkConfig({ env: { [variable]: key }, cwd: project.path('') });
    expect(findLeaks(check, [key])).toEqual([]);
    expect(check.environment).toEqual({ name: '…', from: variable });
  }
});

test('the provider tells in its first event which environment it is, and what decided it', async () => {
  const events: unknown[] = [];
  const provider = load({
    config: ALL,
    env: { MAGIC_HOUR_API_KEY: makeTestKey(), MAGIC_HOUR_ENV: 'staging' },
    onEvent: (event) => events.push(event),
  });
  await provider.getKey();
  expect(events).toContainEqual(
    expect.objectContaining({ type: 'resolved', environment: 'staging', environmentFrom: 'MAGIC_HOUR_ENV' }),
  );
});
