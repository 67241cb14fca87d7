import { readFile } from 'node:fs/promises';
import { gcpKeySource, type GcpOptions } from '@magic-hour-keys/gcp';
import { gcpDefinition } from '@magic-hour-keys/gcp/definition';
import { expect, test } from 'vitest';

const secret = 'projects/my-project/secrets/magic-hour';
const impersonate = 'reader@my-project.iam.gserviceaccount.com';
const root = new URL('../../../packages/gcp/', import.meta.url);

/** Standard Schema 1: a value, or issues. */
function validate(options: unknown): { value: unknown; issues: unknown } {
  const verdict: unknown = gcpDefinition.schema['~standard'].validate(options);
  return { value: member(verdict, 'value'), issues: member(verdict, 'issues') };
}

function member(holder: unknown, name: string): unknown {
  return typeof holder === 'object' && holder !== null ? Reflect.get(holder, name) : undefined;
}

test.each<GcpOptions>([
  { secret },
  { secret: 'magic-hour' },
  { secret: 'magic-hour', project: 'my-project' },
  { secret: 'magic-hour', project: '123456789012', version: '7' },
  { secret: 'magic-hour', project: 'example.com:my-project', version: 'prod' },
  { secret: 'magic-hour', project: 'my-project', location: 'europe-west1', field: 'apiKey' },
  { secret: 'projects/my-project/locations/europe-west1/secrets/magic-hour/versions/latest' },
  { secret, transport: 'rest', endpoint: 'http://127.0.0.1:9090', auth: { method: 'none' } },
  { secret, auth: { method: 'default' } },
  { secret, auth: { method: 'metadata', impersonate } },
  { secret, auth: { method: 'workload-identity', credentialFile: '/etc/wif.json', impersonate } },
  { secret, auth: { method: 'service-account', key: { file: '/run/key.json' } } },
  { secret, auth: { method: 'service-account', key: { env: 'KEY' }, impersonate } },
])('%j are good options, for the manifest and for the source', (options) => {
  const { value, issues } = validate(options);
  expect(issues).toBeUndefined();
  expect(value).toEqual(options);
  expect(gcpKeySource(options).location).toBe(gcpDefinition.location(options));
});

test.each([
  {},
  { secret: '' },
  { secret: 'with blank' },
  { secret: 'projects/my-project/magic-hour' },
  { secret, project: 'My Project' },
  { secret, version: 7 },
  { secret, version: '0' },
  { secret, location: 'europe/west' },
  { secret, endpoint: 'http://example.com' },
  { secret, endpoint: 'https://example.com/path' },
  { secret, transport: 'http' },
  { secret, Secret: 'x' },
  { secret, client: {} },
  { secret, authClient: {} },
  { secret, cwd: '/' },
  { secret, auth: {} },
  { secret, auth: { method: 'adc' } },
  { secret, auth: { method: 'workload-identity' } },
  { secret, auth: { method: 'metadata', credentialFile: '/etc/wif.json' } },
  { secret, auth: { method: 'service-account', key: 'text' } },
  { secret, auth: { method: 'service-account', key: { env: '' } } },
  { secret, auth: { method: 'none', impersonate } },
  { secret, auth: { method: 'default', impersonate: 'somebody@example.com' } },
  'text',
  undefined,
])('%j are refused', (options) => {
  expect(validate(options).issues).not.toHaveLength(0);
});

test('the manifest names the backend as its source does', () => {
  expect(gcpDefinition.name).toBe(gcpKeySource({ secret }).name);
});

test('the manifest asks for the packages that package.json asks for', async () => {
  const manifest: unknown = JSON.parse(await readFile(new URL('package.json', root), 'utf8'));
  const required = Object.fromEntries(gcpDefinition.requires.map(({ name, range }) => [name, range]));
  expect(member(manifest, 'peerDependencies')).toEqual(required);
});

test('an option that holds a secret takes no value', () => {
  expect(gcpDefinition.secretOptions).toEqual(['auth.key']);
  const auth = { method: 'service-account', key: 'the value itself' };
  expect(validate({ secret, auth }).issues).not.toHaveLength(0);
});

test('the README lists every option with its description', async () => {
  const readme = await readFile(new URL('README.md', root), 'utf8');
  const table = /<!-- options:start -->\n([\s\S]*)<!-- options:end -->/.exec(readme)?.[1] ?? '';
  const rows = table
    .replaceAll(/ +/g, ' ')
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  const names = Object.keys(member(gcpDefinition.schema, 'entries') as object);
  expect(names).toEqual([
    'secret',
    'project',
    'version',
    'location',
    'field',
    'auth',
    'transport',
    'endpoint',
  ]);
  expect(rows).toHaveLength(names.length);
  for (const name of names) {
    const row = rows.find((line) => line.startsWith(`| \`${name}\` |`));
    expect(row).toContain(`| ${descriptionOf(name)} |`);
  }
});

test('the README explains every method of login with its members', async () => {
  const readme = await readFile(new URL('README.md', root), 'utf8');
  const methods = member(unwrap(entry('auth')), 'options');
  expect(methods).toHaveLength(5);
  for (const method of methods as readonly unknown[]) {
    const entries = Object(member(method, 'entries')) as Record<string, unknown>;
    expect(readme).toContain(`| \`"${String(member(entries['method'], 'literal'))}"\``);
    for (const name of Object.keys(entries)) expect(readme).toContain(`\`${name}\``);
  }
});

function entry(name: string): unknown {
  return member(member(gcpDefinition.schema, 'entries'), name);
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
