import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';

interface Result {
  readonly store: string;
  readonly title: string;
  readonly state: string;
  readonly reason?: string;
}

interface Script {
  renderMatrix(cases: readonly { title: string }[], results: readonly Result[]): string;
}

const script = join(import.meta.dirname, '../../../../scripts/support-matrix.mjs');
const cases = [{ title: 'gives the stored key' }, { title: 'names a new version' }];
const passed: readonly Result[] = [
  { store: 'Vault', title: 'gives the stored key', state: 'passed' },
  { store: 'Vault', title: 'names a new version', state: 'passed' },
];
const skipped: readonly Result[] = [
  { store: 'Files', title: 'gives the stored key', state: 'passed' },
  { store: 'Files', title: 'names a new version', state: 'skipped', reason: 'it keeps no versions' },
];
let renderMatrix: Script['renderMatrix'];

beforeAll(async () => {
  ({ renderMatrix } = (await import(pathToFileURL(script).href)) as Script);
});

test('the matrix has a row for each case, a column for each store, and the reasons below', () => {
  const lines = renderMatrix(cases, [...passed, ...skipped]).split('\n');
  expect(lines.slice(lines.findIndex((line) => line.startsWith('|')))).toEqual([
    '| A source of this store … | Files | Vault |',
    '| ------------------------ | ----- | ----- |',
    '| gives the stored key     | yes   | yes   |',
    '| names a new version      | – 1   | yes   |',
    '',
    '1. it keeps no versions',
    '',
  ]);
});

test('the order of the results makes no difference', () => {
  const results = [...passed, ...skipped];
  expect(renderMatrix(cases, results.toReversed())).toBe(renderMatrix(cases, results));
});

test('a case that fails on one way, or was never run, is no entry of the matrix', () => {
  const failed = { store: 'Vault', title: 'gives the stored key', state: 'failed' };
  expect(() => renderMatrix(cases, [...passed, failed])).toThrow('Vault: "gives the stored key" failed');
  expect(() => renderMatrix(cases, passed.slice(0, 1))).toThrow('Vault: no result for "names a new version"');
});
