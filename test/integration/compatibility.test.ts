import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

interface Judging {
  judgeRun(
    sdks: readonly string[],
    shown: {
      run: object;
      results: readonly object[];
      loaded: readonly string[];
      sdkFolder: string | undefined;
    },
  ): { isGood: boolean; versions: readonly string[]; details: string };
}

interface Ranges {
  lowestVersion(range: string): string;
  isAccepted(range: string, version: string): boolean;
}

const lib = new URL('../../scripts/lib/', import.meta.url);
const { judgeRun } = (await import(new URL('judge-run.mjs', lib).href)) as Judging;
const { lowestVersion, isAccepted } = (await import(new URL('version-range.mjs', lib).href)) as Ranges;

const run = { status: 0, stdout: '', stderr: '' };
const results = [{ state: 'passed' }];

test('a run counts when the SDK under test was loaded, and tells its version', async () => {
  const { sdkFolder, loaded } = await installSdk('1.2.0', '1.2.0');
  const verdict = judgeRun(['an-sdk', 'a-login'], { run, results, loaded, sdkFolder });
  expect(verdict).toMatchObject({ isGood: true, versions: ['an-sdk 1.2.0', 'a-login not needed'] });
});

test('a run with another version than the wanted one does not count', async () => {
  const { sdkFolder, loaded } = await installSdk('1.2.0', '1.4.0');
  const verdict = judgeRun(['an-sdk'], { run, results, loaded, sdkFolder });
  expect(verdict).toMatchObject({ isGood: false, versions: ['an-sdk 1.4.0'] });
  expect(verdict.details).toContain('an-sdk 1.4.0 was loaded, not 1.2.0');
});

test('a run with the right version from another place does not count', async () => {
  const wanted = await installSdk('1.2.0', '1.2.0');
  const other = await installSdk('1.2.0', '1.2.0');
  const { sdkFolder } = wanted;
  const elsewhere = { run, results, loaded: other.loaded, sdkFolder };
  expect(judgeRun(['an-sdk'], elsewhere).isGood).toBe(false);
  const twice = { run, results, loaded: [...wanted.loaded, ...other.loaded], sdkFolder };
  expect(judgeRun(['an-sdk'], twice).details).toContain('an-sdk was loaded from 2 places');
});

test('a run that loaded no SDK, ran no test or failed does not count', async () => {
  const { sdkFolder, loaded } = await installSdk('1.2.0', '1.2.0');
  expect(judgeRun(['an-sdk'], { run, results, loaded: [], sdkFolder }).details).toContain(
    'no SDK was loaded',
  );
  expect(judgeRun(['an-sdk'], { run, results: [], loaded, sdkFolder }).isGood).toBe(false);
  expect(judgeRun(['an-sdk'], { run: { ...run, status: 1 }, results, loaded, sdkFolder }).isGood).toBe(false);
  // Ended by a signal.
  expect(judgeRun(['an-sdk'], { run: { ...run, status: null }, results, loaded, sdkFolder }).isGood).toBe(
    false,
  );
});

test('the lower bound of a range is read, and other forms are refused', () => {
  expect(lowestVersion('^3.709.0')).toBe('3.709.0');
  expect(lowestVersion('^1.2.0 || ^2.0.1')).toBe('1.2.0');
  expect(() => lowestVersion('>=1')).toThrow('not how ranges are written');
});

test.each([
  ['^3.709.0', '3.709.0', true],
  ['^3.709.0', '3.1163.0', true],
  ['^3.709.0', '3.708.9', false],
  ['^3.709.0', '4.0.0', false],
  ['^0.12.0', '0.12.5', true],
  ['^0.12.0', '0.13.0', false],
  ['^1.2.0 || ^2.0.1', '2.0.1', true],
  ['^1.2.0 || ^2.0.1', '2.0.0', false],
])('the range %s and the version %s: %s', (range, version, expected) => {
  expect(isAccepted(range, version)).toBe(expected);
});

/** A folder that asks for one version of an SDK and has another one, and the file that Node would open. */
async function installSdk(
  wanted: string,
  installed: string,
): Promise<{ sdkFolder: string; loaded: string[] }> {
  const sdkFolder = await realpath(await mkdtemp(join(tmpdir(), 'mhk-sdk-')));
  onTestFinished(() => rm(sdkFolder, { recursive: true }));
  const sdk = join(sdkFolder, 'node_modules/an-sdk');
  await mkdir(sdk, { recursive: true });
  await writeFile(join(sdkFolder, 'package.json'), JSON.stringify({ dependencies: { 'an-sdk': wanted } }));
  await writeFile(join(sdk, 'package.json'), JSON.stringify({ version: installed }));
  return { sdkFolder, loaded: [pathToFileURL(join(sdk, 'index.js')).href, ''] };
}
