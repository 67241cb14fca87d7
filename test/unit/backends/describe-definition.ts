// What holds for the manifest of every backend: with its source, its package.json and its README.
import { readFile } from 'node:fs/promises';
import type { KeySource } from '@magic-hour-keys/core';
import type { BackendDefinition } from '@magic-hour-keys/core/author';
import { expect, test } from 'vitest';
import { descriptionOf, entriesOf, loginsOf, member, validate } from './schema-parts.ts';

export interface DefinitionCases<Options> {
  /** Options as JSON has them. */
  readonly good: readonly Options[];
  readonly refused: readonly unknown[];
  /** What the schema fills in by itself; the README shows it in the row of the option. Default: nothing. */
  readonly defaults?: Readonly<Record<string, unknown>> | undefined;
  /** Secret options that may also stand there as text, because they are half of a secret, such as a role id. */
  readonly takeText?: readonly string[] | undefined;
  /** Members of logins that the README explains beside the table of logins. */
  readonly explainedApart?: readonly string[] | undefined;
}

export function describeDefinition<Options extends object>(
  definition: BackendDefinition<Options>,
  createSource: (options: Options) => KeySource,
  { good, refused, defaults = {}, takeText = [], explainedApart = [] }: DefinitionCases<Options>,
): void {
  const entries = entriesOf(definition.schema);
  const logins = loginsOf(entries);
  const readPackageFile = (name: string): Promise<string> =>
    readFile(new URL(`../../../packages/${definition.name}/${name}`, import.meta.url), 'utf8');

  test.each<Options>(good)('%j are good options, for the manifest and for the source', (options) => {
    expect(validate(definition.schema, options)).toEqual({ value: { ...defaults, ...options } });
    expect(createSource(options).location).toBe(definition.location(options));
    expect(createSource(options).name).toBe(definition.name);
  });

  test.each(refused)('%j are refused', (options) => {
    expect(validate(definition.schema, options).issues).not.toHaveLength(0);
  });

  test('the manifest asks for the packages that package.json asks for, and none is installed unasked', async () => {
    const manifest: unknown = JSON.parse(await readPackageFile('package.json'));
    const required = Object.fromEntries(definition.requires.map(({ name, range }) => [name, range]));
    const optional = Object.fromEntries(definition.requires.map(({ name }) => [name, { optional: true }]));
    expect(member(manifest, 'peerDependencies') ?? {}).toEqual(required);
    expect(member(manifest, 'peerDependenciesMeta') ?? {}).toEqual(optional);
  });

  test.each(definition.secretOptions)('%s takes a reference, and never the value itself', (path) => {
    const name = path.replace('auth.', '');
    const holders = logins.map((login) => login[name]).filter((entry) => entry !== undefined);
    expect(holders).not.toHaveLength(0);
    for (const holder of holders) {
      expect(validate(holder, { env: 'NAME' }).issues).toBeUndefined();
      expect(validate(holder, { file: '/run/secret' }).issues).toBeUndefined();
      expect(validate(holder, { env: '' }).issues).not.toHaveLength(0);
      expect(validate(holder, { env: 'NAME', file: '/run/secret' }).issues).not.toHaveLength(0);
      expect(validate(holder, 'the value itself').issues === undefined).toBe(takeText.includes(path));
    }
  });

  test('the README lists every option with its description, and with its default', async () => {
    const readme = await readPackageFile('README.md');
    const table = /<!-- options:start -->\n([\s\S]*)<!-- options:end -->/.exec(readme)?.[1] ?? '';
    const rows = rowsOf(table);
    expect(rows.map((row) => /`(\w+)`/.exec(row)?.[1])).toEqual(Object.keys(entries));
    for (const [index, [name, entry]] of Object.entries(entries).entries()) {
      expect(rows[index]).toContain(`| ${descriptionOf(name, entry)} |`);
      if (Object.hasOwn(defaults, name))
        expect(rows[index]).toContain(`| \`${JSON.stringify(defaults[name])}\` |`);
    }
  });

  if (logins.length === 0) return;
  test('the README explains every method of login with its members', async () => {
    const readme = await readPackageFile('README.md');
    for (const login of logins) {
      const method = String(member(login['method'], 'literal'));
      const row = rowsOf(readme).find(
        (line) => line.startsWith(`| \`${method}\` `) || line.startsWith(`| \`"${method}"\` `),
      );
      expect(row, `the README has no row for ${method}`).toBeDefined();
      for (const name of Object.keys(login).filter((one) => one !== 'method')) {
        expect(explainedApart.includes(name) ? readme : row).toContain(`\`${name}\``);
      }
    }
  });
}

/** Of a Markdown table, without the blanks that only align it. */
function rowsOf(table: string): readonly string[] {
  return table
    .replaceAll(/ +/g, ' ')
    .split('\n')
    .filter((line) => line.startsWith('| `'));
}
