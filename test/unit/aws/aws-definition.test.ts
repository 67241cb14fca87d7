import { readFile } from 'node:fs/promises';
import { awsKeySource, type AwsOptions } from '@magic-hour-keys/aws';
import { awsDefinition } from '@magic-hour-keys/aws/definition';
import { expect, test } from 'vitest';

const secretId = 'prod/magic-hour';
const roleArn = 'arn:aws:iam::123456789012:role/video-worker';
const accessKey = { accessKeyId: { env: 'ID' }, secretAccessKey: { file: '/run/secret' } };
const root = new URL('../../../packages/aws/', import.meta.url);

/** Standard Schema 1: a value, or issues. */
function validate(options: unknown): { value: unknown; issues: unknown } {
  const verdict: unknown = awsDefinition.schema['~standard'].validate(options);
  return { value: member(verdict, 'value'), issues: member(verdict, 'issues') };
}

function member(holder: unknown, name: string): unknown {
  return typeof holder === 'object' && holder !== null ? Reflect.get(holder, name) : undefined;
}

test.each<AwsOptions>([
  { secretId },
  { secretId: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/magic-hour-AbCdEf' },
  { secretId, region: 'eu-west-1', stage: 'AWSPREVIOUS', field: 'apiKey', fips: true },
  { secretId, versionId: 'a'.repeat(36), endpoint: 'http://127.0.0.1:4566' },
  { secretId, auth: { method: 'default' } },
  { secretId, auth: { method: 'default', roleArn, externalId: 'team-7', sessionName: 'worker' } },
  { secretId, auth: { method: 'profile', profile: 'work', roleArn } },
  { secretId, auth: { method: 'web-identity', tokenFile: '/var/run/token', roleArn } },
  { secretId, auth: { method: 'container' } },
  { secretId, auth: { method: 'instance' } },
  { secretId, auth: { method: 'static', ...accessKey, sessionToken: { env: 'TOKEN' } } },
])('%j are good options, for the manifest and for the source', (options) => {
  const { value, issues } = validate(options);
  expect(issues).toBeUndefined();
  expect(value).toEqual(options);
  expect(awsKeySource(options).location).toBe(awsDefinition.location(options));
});

test.each([
  {},
  { secretId: '' },
  { secretId: 'with blank' },
  { secretId: 'arn:aws:ssm:eu-west-1:123456789012:parameter/x' },
  { secretId, region: 'eu-west-1/' },
  { secretId, endpoint: 'http://example.com' },
  { secretId, versionId: '1' },
  { secretId, fips: 'yes' },
  { secretId, secretid: 'x' },
  { secretId, client: {} },
  { secretId, cwd: '/' },
  { secretId, auth: {} },
  { secretId, auth: { method: 'profile' } },
  { secretId, auth: { method: 'container', profile: 'work' } },
  { secretId, auth: { method: 'web-identity', externalId: 'x1' } },
  { secretId, auth: { method: 'static', accessKeyId: 'text', secretAccessKey: 'text' } },
  { secretId, auth: { method: 'static', ...accessKey, sessionToken: { env: '' } } },
  { secretId, auth: { method: 'default', roleArn: 'video-worker' } },
  'text',
  undefined,
])('%j are refused', (options) => {
  expect(validate(options).issues).not.toHaveLength(0);
});

test('the manifest names the backend as its source does', () => {
  expect(awsDefinition.name).toBe(awsKeySource({ secretId }).name);
});

test('the manifest asks for the packages that package.json asks for', async () => {
  const manifest: unknown = JSON.parse(await readFile(new URL('package.json', root), 'utf8'));
  const required = Object.fromEntries(awsDefinition.requires.map(({ name, range }) => [name, range]));
  expect(member(manifest, 'peerDependencies')).toEqual(required);
});

test('every option of the manifest can hold no secret, or is told to be one', () => {
  const source = awsKeySource({ secretId, auth: { method: 'static', ...accessKey } });
  expect(source.location).toBe(secretId);
  for (const path of awsDefinition.secretOptions) {
    const name = path.replace('auth.', '');
    const auth = { method: 'static', ...accessKey, [name]: 'the value itself' };
    expect(validate({ secretId, auth }).issues).not.toHaveLength(0);
  }
});

test('the README lists every option with its description', async () => {
  const readme = await readFile(new URL('README.md', root), 'utf8');
  const table = /<!-- options:start -->\n([\s\S]*)<!-- options:end -->/.exec(readme)?.[1] ?? '';
  const rows = table
    .replaceAll(/ +/g, ' ')
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  const names = Object.keys(member(awsDefinition.schema, 'entries') as object);
  expect(names).toEqual(['secretId', 'region', 'stage', 'versionId', 'field', 'auth', 'endpoint', 'fips']);
  expect(rows).toHaveLength(names.length);
  for (const name of names) {
    const row = rows.find((line) => line.startsWith(`| \`${name}\` |`));
    expect(row).toContain(`| ${descriptionOf(name)} |`);
  }
});

test('the README explains every method of login with its members', async () => {
  const readme = await readFile(new URL('README.md', root), 'utf8');
  const methods = member(unwrap(entry('auth')), 'options');
  expect(methods).toHaveLength(6);
  for (const method of methods as readonly unknown[]) {
    const entries = Object(member(method, 'entries')) as Record<string, unknown>;
    expect(readme).toContain(`| \`"${String(member(entries['method'], 'literal'))}"\``);
    for (const name of Object.keys(entries)) expect(readme).toContain(`\`${name}\``);
  }
});

function entry(name: string): unknown {
  return member(member(awsDefinition.schema, 'entries'), name);
}

function unwrap(schema: unknown): unknown {
  return member(schema, 'wrapped') ?? schema;
}

/** Where valibot keeps it: in the pipe, which `optional` may wrap. */
function descriptionOf(name: string): string {
  const pipe = member(unwrap(entry(name)), 'pipe');
  const steps: readonly unknown[] = Array.isArray(pipe) ? pipe : [];
  const step = steps.find((candidate) => member(candidate, 'type') === 'description');
  const description = member(step, 'description');
  if (typeof description !== 'string') throw new Error(`the option ${name} has no description`);
  return description;
}
