import { readFile } from 'node:fs/promises';
import { vaultKeySource } from '@magic-hour-keys/vault';
import { vaultDefinition } from '@magic-hour-keys/vault/definition';
import { expect, test } from 'vitest';

const path = 'secret/magic-hour';
const token = { env: 'TOKEN' };

/** Standard Schema 1: a value, or issues. */
function validate(options: unknown): { value: unknown; issues: unknown } {
  const verdict: unknown = vaultDefinition.schema['~standard'].validate(options);
  return { value: member(verdict, 'value'), issues: member(verdict, 'issues') };
}

function member(holder: unknown, name: string): unknown {
  return typeof holder === 'object' && holder !== null ? Reflect.get(holder, name) : undefined;
}

test.each([
  { path },
  { path: '/secret/a b/c/' },
  { path, address: 'https://vault.internal:8200', field: 'api_key', namespace: 'team-a/b', caFile: 'ca.pem' },
  { path, version: 3 },
  { path: 'team/kv/x', kvVersion: 2, mount: 'team/kv' },
  { path, address: 'http://vault.internal', allowInsecure: true },
  { path, allowedRedirects: ['https://vault-1.internal:8200'] },
  { path, auth: { method: 'token' } },
  { path, auth: { method: 'token', token } },
  { path, auth: { method: 'token', token: { file: '/run/token' } } },
  { path, auth: { method: 'token-file', file: '/run/token' } },
  { path, auth: { method: 'approle', roleId: 'r', secretId: { file: '/run/sid' }, mount: 'ci/approle' } },
  { path, auth: { method: 'approle', roleId: { env: 'ROLE_ID' } } },
  { path, auth: { method: 'kubernetes', role: 'video-worker', jwt: { file: '/run/jwt' } } },
  { path, auth: { method: 'jwt', jwt: { env: 'CI_JWT' } } },
  { path, auth: { method: 'none' } },
] as const)('%j are good options, for the schema and for the source', (options) => {
  const { value, issues } = validate(options);
  expect(issues).toBeUndefined();
  expect(value).toMatchObject(options);
  expect(vaultKeySource(options).location).toBe(vaultDefinition.location(options));
});

test.each([
  {},
  { path: 'secret' },
  { path: 'secret/../sys/seal' },
  { path, address: 'vault.internal' },
  { path, address: 'https://user:password@vault.internal' },
  { path, field: '' },
  { path, version: 0 },
  { path, version: 1.5 },
  { path, kvVersion: 3 },
  { path, mount: '..' },
  { path, namespace: 'a b' },
  { path, allowedRedirects: 'https://a.test' },
  { path, auth: 'token' },
  { path, auth: { method: 'ldap' } },
  { path, auth: { method: 'token', token: 'the token itself' } },
  { path, auth: { method: 'token', token: { ...token, file: 'x' } } },
  { path, auth: { method: 'approle' } },
  { path, auth: { method: 'approle', roleId: 'r', secretId: 'the secret id itself' } },
  { path, auth: { method: 'kubernetes' } },
  { path, auth: { method: 'jwt', role: 'r' } },
  { path, auth: { method: 'none', token } },
  { path, client: {} },
  { path, env: {} },
  { path, adress: 'https://vault.internal' },
  'text',
  undefined,
])('%j are refused', (options) => {
  expect(validate(options).issues).not.toHaveLength(0);
});

test('the manifest names the backend as its source does, and what has to be installed', async () => {
  expect(vaultDefinition.name).toBe(vaultKeySource({ path }).name);
  const manifest: unknown = JSON.parse(
    await readFile(new URL('../../../packages/vault/package.json', import.meta.url), 'utf8'),
  );
  const [{ name, range } = { name: '', range: '' }] = vaultDefinition.requires;
  expect(member(member(manifest, 'peerDependencies'), name)).toBe(range);
  expect(member(member(manifest, 'peerDependenciesMeta'), name)).toEqual({ optional: true });
});

test('the README lists every option with its default and its description', async () => {
  const table = await readOptionsTable();
  const entries = member(vaultDefinition.schema, 'entries') as Record<string, unknown>;
  const defaults = validate({ path }).value;
  expect(table).toHaveLength(Object.keys(entries).length);
  for (const [name, entry] of Object.entries(entries)) {
    const row = table.find((line) => line.startsWith(`| \`${name}\` |`));
    expect(row).toContain(`| ${descriptionOf(entry)} |`);
    const fallback = name === 'path' ? undefined : member(defaults, name);
    if (fallback !== undefined) expect(row).toContain(`| \`${JSON.stringify(fallback)}\` |`);
  }
});

test('the README explains every login and its members', async () => {
  const readme = await readFile(new URL('../../../packages/vault/README.md', import.meta.url), 'utf8');
  const auth = member(member(member(vaultDefinition.schema, 'entries'), 'auth'), 'wrapped');
  const variants = member(member(auth, 'pipe'), '0');
  const methods = (member(variants, 'options') as unknown[]).map((option) => member(option, 'entries'));
  expect(methods).toHaveLength(6);
  for (const entries of methods) {
    const method = member(member(entries, 'method'), 'literal');
    const row = readme.split('\n').find((line) => line.startsWith(`| \`${String(method)}\``));
    for (const name of Object.keys(entries as object).slice(1)) expect(row).toContain(`\`${name}\``);
  }
});

async function readOptionsTable(): Promise<readonly string[]> {
  const readme = await readFile(new URL('../../../packages/vault/README.md', import.meta.url), 'utf8');
  const table = /<!-- options:start -->\n([\s\S]*)<!-- options:end -->/.exec(readme)?.[1] ?? '';
  return table
    .replaceAll(/ +/g, ' ')
    .split('\n')
    .filter((line) => line.startsWith('| `'));
}

/** Where valibot keeps it: in a pipe, perhaps inside of `optional`. */
function descriptionOf(entry: unknown): string {
  const pipe = member(member(entry, 'wrapped') ?? entry, 'pipe');
  const steps: readonly unknown[] = Array.isArray(pipe) ? pipe : [];
  const step = steps.find((candidate) => member(candidate, 'type') === 'description');
  const description = member(step, 'description');
  if (typeof description !== 'string') throw new Error('an option has no description');
  return description;
}
