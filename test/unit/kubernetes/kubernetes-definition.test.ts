import { readFile } from 'node:fs/promises';
import { kubernetesKeySource } from '@magic-hour-keys/kubernetes';
import { kubernetesDefinition } from '@magic-hour-keys/kubernetes/definition';
import { expect, test } from 'vitest';

const name = 'magic-hour';
const mountPath = '/etc/magic-hour';

/** Standard Schema 1: a value, or issues. */
function validate(options: unknown): { value: unknown; issues: unknown } {
  const verdict: unknown = kubernetesDefinition.schema['~standard'].validate(options);
  return { value: member(verdict, 'value'), issues: member(verdict, 'issues') };
}

function member(holder: unknown, key: string): unknown {
  return typeof holder === 'object' && holder !== null ? Reflect.get(holder, key) : undefined;
}

test.each([
  { mountPath },
  { mountPath, key: 'api_key', field: 'a.b' },
  { name },
  { name: 'a.b-c.d', namespace: 'video', key: 'config.json', field: '/a/b' },
  { name, auth: { method: 'default' } },
  { name, auth: { method: 'in-cluster' } },
  { name, auth: { method: 'in-cluster', folder: '/run/account' } },
  { name, auth: { method: 'kubeconfig' } },
  { name, auth: { method: 'kubeconfig', file: '~/.kube/config', context: 'arn:aws:eks:x', allowExec: true } },
] as const)('%j are good options, for the schema and for the source', (options) => {
  const { value, issues } = validate(options);
  expect(issues).toBeUndefined();
  expect(value).toEqual(options);
  expect(kubernetesKeySource(options).location).toBe(kubernetesDefinition.location(options));
});

test.each([
  {},
  { mountPath, name },
  { mountPath: '' },
  { mountPath: 7 },
  { name: 'Magic_Hour' },
  { name: '../other' },
  { name, namespace: 'a/b' },
  { name, namespace: 'a.b' },
  { name, key: '../api_key' },
  { name, key: '..data' },
  { name, field: '' },
  { name, auth: 'in-cluster' },
  { name, auth: { method: 'token' } },
  { name, auth: { method: 'in-cluster', file: 'x' } },
  { name, auth: { method: 'kubeconfig', allowExec: 'yes' } },
  { name, auth: { method: 'kubeconfig', context: '' } },
  { name, client: {} },
  { name, env: {} },
  { nam: 'magic-hour' },
  'text',
  undefined,
])('%j are refused', (options) => {
  expect(validate(options).issues).not.toHaveLength(0);
});

test('what is needed is said in words, where neither or both are given', () => {
  const pipe = (member(kubernetesDefinition.schema, 'pipe') as unknown[]).map((step) =>
    member(step, 'metadata'),
  );
  expect(pipe).toContainEqual({ expectation: 'an object with either "mountPath" or "name"' });
});

test('the manifest names the backend as its source does, and what has to be installed', async () => {
  expect(kubernetesDefinition.name).toBe(kubernetesKeySource({ name }).name);
  const manifest: unknown = JSON.parse(
    await readFile(new URL('../../../packages/kubernetes/package.json', import.meta.url), 'utf8'),
  );
  const [{ name: required, range } = { name: '', range: '' }] = kubernetesDefinition.requires;
  expect(member(member(manifest, 'peerDependencies'), required)).toBe(range);
  expect(member(member(manifest, 'peerDependenciesMeta'), required)).toEqual({ optional: true });
});

test('the README lists every option with its description', async () => {
  const table = await readOptionsTable();
  const entries = member(kubernetesDefinition.schema, 'entries') as Record<string, unknown>;
  expect(table).toHaveLength(Object.keys(entries).length);
  for (const [option, entry] of Object.entries(entries)) {
    const row = table.find((line) => line.startsWith(`| \`${option}\` |`));
    expect(row).toContain(`| ${descriptionOf(entry)} |`);
  }
});

test('the README explains every login and its members', async () => {
  const readme = await readReadme();
  const auth = member(member(member(kubernetesDefinition.schema, 'entries'), 'auth'), 'wrapped');
  const variants = member(member(auth, 'pipe'), '0');
  const methods = (member(variants, 'options') as unknown[]).map((option) => member(option, 'entries'));
  expect(methods).toHaveLength(3);
  for (const entries of methods) {
    const method = member(member(entries, 'method'), 'literal');
    const row = readme.split('\n').find((line) => line.startsWith(`| \`${String(method)}\``));
    for (const option of Object.keys(entries as object).slice(1)) expect(row).toContain(`\`${option}\``);
  }
});

async function readReadme(): Promise<string> {
  return readFile(new URL('../../../packages/kubernetes/README.md', import.meta.url), 'utf8');
}

async function readOptionsTable(): Promise<readonly string[]> {
  const table = /<!-- options:start -->\n([\s\S]*)<!-- options:end -->/.exec(await readReadme())?.[1] ?? '';
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
