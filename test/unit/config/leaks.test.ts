// A key in the wrong place is the commonest leak there is. Whatever field it is put into, and however it is spelt,
// nothing that this package throws or returns may show it.
import { checkConfig } from '@magic-hour-keys/config';
import { isKeyError } from '@magic-hour-keys/core';
import { createMemorySource, findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { expect, test } from 'vitest';
import { load, temporaryProject } from './config-for-test.ts';

const project = temporaryProject();
const full = {
  $schema: './schema.json',
  description: 'text',
  environments: {
    development: {
      source: 'env',
      variable: 'NAME',
      files: ['.env.local', '.env'],
      strict: true,
      description: 'text',
      policy: {
        fresh: '1m',
        maxStale: '1h',
        deadline: '5s',
        attempt: '1s',
        deniedGrace: '1m',
        maxAge: '1d',
        watch: true,
      },
    },
    staging: {
      extends: 'development',
      firstFound: ['env', { source: 'env', variable: 'OTHER', files: ['.env'] }, 'team'],
    },
    production: { source: 'team' },
  },
};
const sources = { team: createMemorySource() };

type Path = readonly (string | number)[];

function pathsOf(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const steps = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return [path, ...steps.flatMap((step) => pathsOf(Reflect.get(value, step), [...path, step]))];
}

function at(path: Path): unknown {
  return path.reduce<unknown>((current, step) => Reflect.get(current as object, step), full);
}

/** The configuration with something else at the path. */
function replaceAt(value: unknown, [step, ...rest]: Path, replacement: unknown): unknown {
  if (step === undefined) return replacement;
  const changed = replaceAt(Reflect.get(value as object, step), rest, replacement);
  if (Array.isArray(value)) return value.with(step as number, changed);
  return { ...(value as object), [step]: changed };
}

/** The configuration with another member beside those at the path. */
function insertAt(path: Path, name: string, value: unknown): unknown {
  const holder = at(path);
  const changed = Array.isArray(holder)
    ? [...holder, { [name]: value }]
    : { ...(holder as object), [name]: value };
  return replaceAt(full, path, changed);
}

function outcomes(config: unknown): readonly unknown[] {
  const environments = Object.keys(full.environments);
  return [
    checkConfig({ config, sources, env: {} }),
    ...environments.map((environment) => {
      try {
        return load({ config, sources, environment }).health();
      } catch (error) {
        if (isKeyError(error)) return error;
        throw error;
      }
    }),
  ];
}

const everyPath = pathsOf(full).map((path) => [`/${path.join('/')}`, path] as const);

const everyHolder = everyPath.filter(([, path]) => pathsOf(at(path)).length > 1);

test('the configuration that the keys are planted in is itself right', () => {
  expect(checkConfig({ config: full, sources, env: {} }).problems).toEqual([]);
  expect([everyPath.length > 30, everyHolder.length > 8]).toEqual([true, true]);
});

test.each(everyPath)('a key as the value of %s is refused and not shown', (_, path) => {
  for (const key of [makeTestKey(), `Bearer ${makeTestKey()}`, `${makeTestKey()}\n`]) {
    for (const value of [key, [key], { key }]) {
      const [check, ...others] = outcomes(replaceAt(full, path, value));
      expect(check).toMatchObject({ ok: false });
      expect(findLeaks([check, ...others], [key.replace('Bearer ', '').trim()])).toEqual([]);
    }
  }
});

test.each(everyHolder)('a key as the name of a member of %s is refused and not shown', (_, path) => {
  const key = makeTestKey();
  const found = outcomes(insertAt(path, key, 'value'));
  expect(findLeaks(found, [key])).toEqual([]);
  expect(found[0]).toMatchObject({ ok: false });
});

test.each(everyPath)('a secret of another shape at %s is not shown where it is refused', (_, path) => {
  const secret = 'k3'.repeat(16);
  const { ok, problems } = checkConfig({
    config: replaceAt(full, path, { [secret]: secret }),
    sources,
    env: {},
  });
  expect(ok).toBe(false);
  expect(findLeaks(problems, [secret])).toEqual([]);
});

test('a key in a file is found in a string, a name, an escape, a comment and a broken text', async () => {
  const key = makeTestKey();
  const escaped = key.replaceAll('m', '\\u006d');
  const texts = [
    `{ "environments": { "development": { "source": "env", "variable": "${key}" } } }`,
    `{ "environments": { "development": { "source": "env", "${key}": 1 } } }`,
    `{ "environments": { "development": { "source": "env", "variable": "${escaped}" } } }`,
    `{ "environments": { "development": { "source": "env" /* ${key} */ } } }`,
    `{ "environments": { "development": { "source": "env", "variable": ${key} } } }`,
    `{ "environments": { "development": "${key} } }`,
    `${key}`,
  ];
  for (const text of texts) {
    // One file after the other, because each stands in the same place.
    await project.write('magic-hour-keys.json', text);
    const check = checkConfig({ cwd: project.path(''), env: {} });
    expect({ text: texts.indexOf(text), ok: check.ok }).toEqual({ text: texts.indexOf(text), ok: false });
    expect(findLeaks(check, [key])).toEqual([]);
  }
});

test('the advice is to revoke a key that was written down', () => {
  const config = { environments: { development: { source: 'env', variable: makeTestKey() } } };
  const [problem] = checkConfig({ config, env: {} }).problems;
  expect(problem).toEqual({
    pointer: '/environments/development/variable',
    message:
      'holds what looks like an API key; take it out, and revoke it, because a configuration is read by many',
  });
});
