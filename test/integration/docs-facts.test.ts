// What the pages say about the code is compared with the code.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KeyError } from '@magic-hour-keys/core';
import { expect, test } from 'vitest';
import { exitCodeOf } from '../../packages/cli/src/exit-codes.ts';
import { ERROR_CODES } from '../unit/core/error-codes.ts';
import { listMarkdown, readPage, root, type Block } from './docs/pages.ts';

interface Generator {
  renderDocs(): Map<string, string>;
}

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

test('there is one page for each error code, and no other', () => {
  const pages = readdirSync(join(root, 'docs/errors')).filter((name) => name !== 'README.md');
  expect(pages.toSorted()).toEqual(ERROR_CODES.map((code) => `${code}.md`).toSorted());
});

test('the list of codes is that of the union in core', () => {
  const [, union = ''] =
    /export type KeyErrorCode =([^;]*);/.exec(read('packages/core/src/key-error.ts')) ?? [];
  const listed = [...union.matchAll(/'(\w+)'/g)].map(([, code]) => code);
  expect(new Set(listed)).toEqual(new Set(ERROR_CODES));
});

test.each(ERROR_CODES)('the page of %s says its exit code, and whether it passes by itself', (code) => {
  const page = read(`docs/errors/${code}.md`);
  const passes = new KeyError({ code }).transient ? 'yes' : 'no';
  const row = `| ${exitCodeOf(code)} | ${passes} |`;
  expect(page.startsWith(`# \`${code}\`\n`)).toBe(true);
  expect(squeeze(page)).toContain(row);
  expect(squeeze(read('docs/errors/README.md'))).toContain(`| [\`${code}\`](${code}.md) ${row}`);
});

test('the generated parts of docs/ are what the code says; else run `npm run docs`', async () => {
  const script = new URL('../../scripts/generate-docs.mjs', import.meta.url).href;
  const { renderDocs } = (await import(/* @vite-ignore */ script)) as Generator;
  const rendered = renderDocs();
  expect(rendered.size).toBe(ERROR_CODES.length + 2);
  for (const [path, text] of rendered) expect(text, path).toBe(read(path));
});

test('the reference names every source, and every option of the schema', () => {
  const { definitions } = JSON.parse(read('packages/config/schema.json')) as { definitions: object };
  const page = read('docs/config.md');
  const names = new Set<string>();
  JSON.stringify(JSON.parse(read('packages/config/schema.json')), (_key, value: unknown) => {
    const members =
      typeof value === 'object' && value !== null ? Reflect.get(value, 'properties') : undefined;
    for (const name of Object.keys(Object(members) as object)) names.add(name);
    return value;
  });
  expect(names.size).toBeGreaterThan(60);
  expect(Object.keys(definitions)).toContain('policy');
  // The two members of a reference are explained in a sentence of their own.
  const missing = [...names].filter((name) => !page.includes(`\`${name}\``) && !page.includes(`"${name}"`));
  expect(missing).toEqual([]);
});

test('the map has a paragraph for each package, and its picture names each', () => {
  const [map, picture] = [read('docs/map.md'), read('docs/map.svg')];
  const packages = readdirSync(join(root, 'packages')).filter((name) =>
    existsSync(join(root, 'packages', name, 'package.json')),
  );
  expect(packages.length).toBeGreaterThan(10);
  for (const name of packages) {
    expect(map).toContain(`**[\`${name}\`](../packages/${name}/README.md)**`);
    expect(picture).toContain(`>${name}<`);
  }
});

const QUICK_STARTS = listMarkdown().filter((path) => path.startsWith('docs/quick-start/'));

test.each(QUICK_STARTS)('%s has all steps, and its commands name what its configuration names', (path) => {
  const page = readPage(path);
  const steps = [...page.prose.matchAll(/^## (\d\. \w+|Rotate)/gm)].map(([, step]) => step);
  const [policyStep] = page.prose.split('## 2. ').slice(1);
  expect(steps).toEqual(['1. Store', '2. Let', '3. Say', '4. Write', '5. Run', 'Rotate']);
  expect(policyStep).toContain('read it, and nothing else');
  const [config = ''] = page.blocks.filter(({ name }) => name === 'magic-hour-keys.json').map(textOf);
  const { environments } = JSON.parse(config) as { environments: { production: Record<string, unknown> } };
  const { secretId, secret, path: vaultPath, name } = environments.production;
  const secretName = String(secretId ?? secret ?? vaultPath ?? name ?? 'magic_hour');
  const commands = page.blocks.filter(({ language }) => language === 'sh').map(textOf);
  const naming = commands.filter((text) => text.toLowerCase().includes(secretName.toLowerCase()));
  expect(naming.length, secretName).toBeGreaterThan(1);
  expect(page.blocks.some(({ text }) => text.includes('npx mhk check'))).toBe(true);
});

function textOf({ text }: Block): string {
  return text;
}

/** Tables without the padding. */
function squeeze(text: string): string {
  return text.replaceAll(/ +/g, ' ');
}
