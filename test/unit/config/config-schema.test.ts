import { readFile } from 'node:fs/promises';
import { checkConfig } from '@magic-hour-keys/config';
import { createMemorySource } from '@magic-hour-keys/testing';
import { expect, test } from 'vitest';
import * as exports from '../../../packages/config/src/config-schema.ts';
import { inDevelopment } from './config-for-test.ts';

const schemaFile = new URL('../../../packages/config/schema.json', import.meta.url);
const script = new URL('../../../scripts/generate-schema.mjs', import.meta.url).href;

interface Script {
  renderJsonSchema(schema: typeof exports): Promise<string>;
}

interface JsonSchema {
  readonly $schema?: string;
  readonly title?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: unknown;
  readonly description?: string;
}

async function readSchema(): Promise<JsonSchema> {
  return JSON.parse(await readFile(schemaFile, 'utf8')) as JsonSchema;
}

test('schema.json is what the code of today generates', async () => {
  const { renderJsonSchema } = (await import(script)) as Script;
  expect(await readFile(schemaFile, 'utf8')).toBe(await renderJsonSchema(exports));
});

test('schema.json is for draft 7, allows $schema at the top, and nothing that is not known', async () => {
  const schema = await readSchema();
  expect(schema.$schema).toBe('http://json-schema.org/draft-07/schema#');
  expect(Object.keys(schema.properties ?? {})).toEqual(['$schema', 'description', 'environments']);
  const objects = objectsIn(schema);
  expect(objects.length).toBeGreaterThan(5);
  for (const { additionalProperties, properties } of objects) {
    if (properties) expect(additionalProperties).toBe(false);
  }
});

test('every option has a description for the editor', async () => {
  const named = objectsIn(await readSchema()).flatMap(({ properties = {} }) => Object.entries(properties));
  const silent = named.filter(
    // A constant, such as the name of a login method, is described by the union that it tells apart.
    ([, option]) =>
      option.description === undefined && !Object.hasOwn(option, '$ref') && !Object.hasOwn(option, 'const'),
  );
  expect(silent.map(([name]) => name)).toEqual([]);
});

function objectsIn(value: unknown): readonly JsonSchema[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = (value as { type?: unknown }).type === 'object' ? [value as JsonSchema] : [];
  return [...own, ...Object.values(value).flatMap(objectsIn)];
}

const policy = { fresh: '10m', watch: false };
const GOOD = [
  inDevelopment({ source: 'env' }),
  inDevelopment({ source: 'env', files: [], variable: 'A', strict: true, policy, description: 'x' }),
  inDevelopment({ source: 'team' }),
  inDevelopment({
    firstFound: ['env', 'team', { source: 'team' }, { source: 'env', files: ['.env'] }],
    policy,
  }),
  { environments: { development: { extends: 'b', files: [] }, b: { source: 'env' } } },
  {
    environments: {
      development: { extends: 'b' },
      b: { extends: 'c', source: 'env' },
      c: { source: 'team' },
    },
  },
  {
    $schema: 'x',
    description: 'y',
    environments: { 'eu-west_1.blue': { source: 'env' }, development: { source: 'team' } },
  },
];
const BAD = [
  [],
  {},
  { environments: { 'a b': { source: 'env' } } },
  { environments: { development: { source: 'env' } }, keys: {} },
  inDevelopment({}),
  inDevelopment({ policy }),
  inDevelopment({ source: 'env', fles: [] }),
  inDevelopment({ source: 'env', files: [''] }),
  inDevelopment({ source: 'env', variable: 'A-B' }),
  inDevelopment({ source: 'env', policy: { fresh: 10 } }),
  inDevelopment({ source: 'env', policy: { deadline: '0s' } }),
  inDevelopment({ source: 'team', region: 'x' }),
  inDevelopment({ firstFound: [] }),
  inDevelopment({ firstFound: ['env'], files: [] }),
  inDevelopment({ firstFound: [{ source: 'env', policy }] }),
  inDevelopment({ source: 'env', firstFound: ['env'] }),
];

test.each(GOOD)('the editor and the check both take %j', (config) => {
  expect([accepts(config), isRight(config)]).toEqual([true, true]);
});

test.each(BAD)('the editor and the check both refuse %j', (config) => {
  expect([accepts(config), isRight(config)]).toEqual([false, false]);
});

/** As the schema that schema.json is generated from says. */
function accepts(config: unknown): boolean {
  const result = exports.configSchema['~standard'].validate(config);
  return !(result as { issues?: unknown }).issues;
}

function isRight(config: unknown): boolean {
  const environment = 'development';
  return checkConfig({ config, environment, env: {}, sources: { team: createMemorySource() } }).ok;
}
