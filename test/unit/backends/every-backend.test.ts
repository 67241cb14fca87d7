// A backend that is missing from one of these lists fails nowhere: the tests, types and pages only never see it. The
// lists are read as text, because to import them is to load every SDK.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { SOURCE_NAMES } from '../../../packages/cli/src/init/setups.ts';
import { BUILT_IN_BACKENDS } from '../../../packages/config/src/builtin-backends.ts';

const ALL = BUILT_IN_BACKENDS.map(({ name }) => name);
const REMOTE = BUILT_IN_BACKENDS.filter(({ isRemote }) => isRemote).map(({ name }) => name);
const ROOT = new URL('../../../', import.meta.url);

function readList(path: string): Promise<string> {
  return readFile(new URL(path, ROOT), 'utf8');
}

test.each(ALL)('%s is run through the conformance kit', (name) => {
  expect(existsSync(new URL(`test/conformance/${name}.test.ts`, ROOT))).toBe(true);
});

test.each(ALL)('%s has a row in the leak matrix', async (name) => {
  expect(await readList('test/leak-matrix/sources.ts')).toContain(`from './sources/${name}.ts'`);
});

test.each(REMOTE)('%s has a column in the table of faults', async (name) => {
  expect(await readList('test/faults/backends.ts')).toContain(`from './backends/${name}.ts'`);
});

test.each(REMOTE)('%s can be tried on a store of your own', async (name) => {
  expect(await readList('test/live/stores.ts')).toContain(`from './harness/${name}.ts'`);
  expect(existsSync(new URL(`test/live/${name}.test.ts`, ROOT))).toBe(true);
});

test.each(REMOTE)('%s is read as it is published, with everything packed and installed', async (name) => {
  expect(await readList('scripts/test-packed.mjs')).toMatch(new RegExp(`^const STORES = .*'${name}'`, 'm'));
  expect(await readList('test/integration/packed/every-store.mjs')).toContain(`  async ${name}(key) {`);
});

test.each(ALL)(
  'an editor knows the options of %s in a config that is written in TypeScript',
  async (name) => {
    expect(await readList('packages/config/src/config-types.ts')).toContain(`  readonly ${name}: `);
  },
);

test.each(ALL)('the reference has a part for %s', async (name) => {
  expect(await readList('docs/config.md')).toContain(`### \`"source": "${name}"\``);
});

test('mhk init can set up each of them', () => {
  expect([...SOURCE_NAMES].toSorted()).toEqual([...ALL].toSorted());
});
