import { readFile } from 'node:fs/promises';
import { envDefinition } from '@magic-hour-keys/env/definition';
import { envKeySource } from '@magic-hour-keys/env';
import { expect, test } from 'vitest';

/** Standard Schema 1: a value, or issues. */
function validate(options: unknown): { value: unknown; issues: unknown } {
  const verdict: unknown = envDefinition.schema['~standard'].validate(options);
  return { value: member(verdict, 'value'), issues: member(verdict, 'issues') };
}

function member(holder: unknown, name: string): unknown {
  return typeof holder === 'object' && holder !== null ? Reflect.get(holder, name) : undefined;
}

test.each([{}, { variable: 'MY_KEY' }, { files: ['.env.local', '.env'] }, { files: [] }, { strict: true }])(
  '%j are good options',
  (options) => {
    const { value, issues } = validate(options);
    expect(issues).toBeUndefined();
    expect(value).toMatchObject(options);
    expect(envKeySource(options).location).toBe(envDefinition.location(options));
  },
);

test.each([
  { variable: 'NOT A NAME' },
  { variable: 1 },
  { files: '.env' },
  { files: [''] },
  { strict: 'yes' },
  { file: '.env' },
  { cwd: '/' },
  { env: {} },
  'text',
  undefined,
])('%j are refused', (options) => {
  expect(validate(options).issues).not.toHaveLength(0);
});

test('the defaults of the manifest are those of the source', () => {
  expect(validate({}).value).toEqual({ variable: 'MAGIC_HOUR_API_KEY', files: ['.env'], strict: false });
  expect(envDefinition.location({})).toBe(envKeySource().location);
});

test('the manifest names the backend as its source does', () => {
  expect(envDefinition.name).toBe(envKeySource().name);
});

test('the README lists every option with its default and its description', async () => {
  const readme = await readFile(new URL('../../../packages/env/README.md', import.meta.url), 'utf8');
  const table = /<!-- options:start -->\n([\s\S]*)<!-- options:end -->/.exec(readme)?.[1] ?? '';
  const rows = table
    .replaceAll(/ +/g, ' ')
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  const defaults = validate({}).value ?? {};
  const names = Object.keys(defaults);
  expect(names).toEqual(['variable', 'files', 'strict']);
  expect(rows).toHaveLength(names.length);
  for (const name of names) {
    const row = rows.find((line) => line.startsWith(`| \`${name}\` |`));
    expect(row).toContain(`| \`${JSON.stringify(member(defaults, name))}\` |`);
    expect(row).toContain(`| ${descriptionOf(name)} |`);
  }
});

/** Where valibot keeps it: in the pipe that `optional` wraps. */
function descriptionOf(name: string): string {
  const entry = member(member(envDefinition.schema, 'entries'), name);
  const pipe = member(member(entry, 'wrapped'), 'pipe');
  const steps: readonly unknown[] = Array.isArray(pipe) ? pipe : [];
  const step = steps.find((candidate) => member(candidate, 'type') === 'description');
  const description = member(step, 'description');
  if (typeof description !== 'string') throw new Error(`the option ${name} has no description`);
  return description;
}
