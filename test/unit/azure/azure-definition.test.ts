import { readFile } from 'node:fs/promises';
import { azureKeySource, type AzureOptions } from '@magic-hour-keys/azure';
import { azureDefinition } from '@magic-hour-keys/azure/definition';
import { expect, test } from 'vitest';

const vaultUrl = 'https://my-vault.vault.azure.net';
const place = { vaultUrl, name: 'magic-hour' };
const application = { tenantId: 'contoso.example', clientId: '00000000-1111-2222-3333-444444444444' };
const clientSecret = { env: 'SECRET' };
const root = new URL('../../../packages/azure/', import.meta.url);

/** Standard Schema 1: a value, or issues. */
function validate(options: unknown): { value: unknown; issues: unknown } {
  const verdict: unknown = azureDefinition.schema['~standard'].validate(options);
  return { value: member(verdict, 'value'), issues: member(verdict, 'issues') };
}

function member(holder: unknown, name: string): unknown {
  return typeof holder === 'object' && holder !== null ? Reflect.get(holder, name) : undefined;
}

test.each<AzureOptions>([
  place,
  { ...place, version: 'a'.repeat(32), field: 'apiKey', caFile: '/etc/ca.pem', apiVersion: '7.4' },
  { vaultUrl: 'https://v.vault.usgovcloudapi.net/', name: 'a', apiVersion: '2025-07-01' },
  { ...place, authorityHost: 'https://login.microsoftonline.us', disableInstanceDiscovery: true },
  { vaultUrl: 'http://127.0.0.1:8443', name: 'a', disableChallengeResourceVerification: true },
  { vaultUrl: 'https://[::1]:8443', name: 'a' },
  { ...place, auth: { method: 'default' } },
  { ...place, auth: { method: 'default', ...application, additionallyAllowedTenants: ['*'] } },
  { ...place, auth: { method: 'managed-identity' } },
  { ...place, auth: { method: 'managed-identity', clientId: application.clientId } },
  { ...place, auth: { method: 'managed-identity', resourceId: '/subscriptions/a/resourcegroups/b' } },
  { ...place, auth: { method: 'workload-identity', tokenFile: '/var/run/token', ...application } },
  { ...place, auth: { method: 'client-secret', ...application, clientSecret } },
  {
    ...place,
    auth: {
      method: 'client-certificate',
      ...application,
      certificate: { file: '/run/certificate.pem' },
      certificatePassword: { env: 'PASSWORD' },
      sendCertificateChain: true,
    },
  },
  { ...place, auth: { method: 'azure-cli', subscription: 'Video team' } },
  { ...place, auth: { method: 'environment' } },
])('%j are good options, for the manifest and for the source', (options) => {
  const { value, issues } = validate(options);
  expect(issues).toBeUndefined();
  expect(value).toEqual(options);
  expect(azureKeySource(options).location).toBe(azureDefinition.location(options));
});

test.each([
  {},
  { vaultUrl },
  { name: 'magic-hour' },
  { ...place, name: '../keys/x' },
  { ...place, name: 'a_b' },
  { ...place, vaultUrl: 'http://my-vault.vault.azure.net' },
  { ...place, vaultUrl: 'https://my-vault.vault.azure.net/secrets/x' },
  { ...place, vaultUrl: 'https://user:password@my-vault.vault.azure.net' },
  { ...place, version: '1' },
  { ...place, authorityHost: 'http://login.microsoftonline.us' },
  { ...place, apiVersion: 'newest' },
  { ...place, disableInstanceDiscovery: 'yes' },
  { ...place, vaulturl: 'x' },
  { ...place, client: {} },
  { ...place, credential: {} },
  { ...place, cwd: '/' },
  { ...place, auth: {} },
  { ...place, auth: { method: 'client-secret', ...application } },
  { ...place, auth: { method: 'client-secret', ...application, clientSecret: 'text' } },
  { ...place, auth: { method: 'client-secret', clientId: 'a', clientSecret } },
  { ...place, auth: { method: 'client-certificate', ...application, certificate: { env: '' } } },
  { ...place, auth: { method: 'managed-identity', tenantId: 'a' } },
  { ...place, auth: { method: 'managed-identity', resourceId: 'a' } },
  { ...place, auth: { method: 'azure-cli', subscription: '$(id)' } },
  { ...place, auth: { method: 'default', additionallyAllowedTenants: '*' } },
  'text',
  undefined,
])('%j are refused', (options) => {
  expect(validate(options).issues).not.toHaveLength(0);
});

test('the manifest names the backend as its source does', () => {
  expect(azureDefinition.name).toBe(azureKeySource(place).name);
});

test('the manifest asks for the packages that package.json asks for', async () => {
  const manifest: unknown = JSON.parse(await readFile(new URL('package.json', root), 'utf8'));
  const required = Object.fromEntries(azureDefinition.requires.map(({ name, range }) => [name, range]));
  expect(member(manifest, 'peerDependencies')).toEqual(required);
});

test('every option of the manifest can hold no secret, or is told to be one', () => {
  const certificate = { file: '/run/certificate.pem' };
  for (const path of azureDefinition.secretOptions) {
    const name = path.replace('auth.', '');
    const method = name === 'clientSecret' ? 'client-secret' : 'client-certificate';
    const auth = { method, ...application, ...(method === 'client-certificate' && { certificate }) };
    expect(validate({ ...place, auth: { ...auth, [name]: 'the value itself' } }).issues).not.toHaveLength(0);
    expect(validate({ ...place, auth: { ...auth, [name]: { env: 'NAME' } } }).issues).toBeUndefined();
  }
});

test('the README lists every option with its description', async () => {
  const readme = await readFile(new URL('README.md', root), 'utf8');
  const table = /<!-- options:start -->\n([\s\S]*)<!-- options:end -->/.exec(readme)?.[1] ?? '';
  const rows = table
    .replaceAll(/ +/g, ' ')
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  const names = Object.keys(member(azureDefinition.schema, 'entries') as object);
  expect(names).toEqual([
    'vaultUrl',
    'name',
    'version',
    'field',
    'auth',
    'authorityHost',
    'disableInstanceDiscovery',
    'disableChallengeResourceVerification',
    'apiVersion',
    'caFile',
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
  expect(methods).toHaveLength(7);
  for (const method of methods as readonly unknown[]) {
    const entries = Object(member(method, 'entries')) as Record<string, unknown>;
    expect(readme).toContain(`| \`"${String(member(entries['method'], 'literal'))}"\``);
    for (const name of Object.keys(entries)) expect(readme).toContain(`\`${name}\``);
  }
});

function entry(name: string): unknown {
  return member(member(azureDefinition.schema, 'entries'), name);
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
