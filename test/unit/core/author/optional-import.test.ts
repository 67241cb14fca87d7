import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isKeyError, type KeyError } from '@magic-hour-keys/core';
import { optionalImport } from '@magic-hour-keys/core/author';
import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';

const sdk = { name: '@vendor/sdk', range: '^3.1.0' };
const install = 'npm install @vendor/sdk@^3.1.0';
const where = { source: 'vendor', location: 'prod/magic-hour' };
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'optional-import-'));
  await writeFile(join(folder, 'load.cjs'), `module.exports = () => import('@vendor/sdk');`);
});

afterEach(() => rm(folder, { recursive: true }));

async function installSdk(code: string, manifest: object = {}): Promise<void> {
  const home = join(folder, 'node_modules/@vendor/sdk');
  await mkdir(home, { recursive: true });
  const fields = { name: '@vendor/sdk', type: 'module', exports: './index.js', ...manifest };
  await writeFile(join(home, 'package.json'), JSON.stringify(fields));
  await writeFile(join(home, 'index.js'), code);
}

/** Node's own `import()`, which a transformed test file would not reach. */
function load(): Promise<unknown> {
  const loadSdk: unknown = createRequire(join(folder, 'x.cjs'))('./load.cjs');
  if (typeof loadSdk !== 'function') throw new Error('load.cjs exports no function');
  return Promise.resolve(Reflect.apply(loadSdk, undefined, []));
}

async function failureOf(loadSdk: () => Promise<unknown> = load): Promise<KeyError> {
  const error: unknown = await optionalImport(loadSdk, sdk, where).catch((thrown: unknown) => thrown);
  if (isKeyError(error)) return error;
  throw new Error('no KeyError was thrown');
}

test('an installed package is loaded', async () => {
  await installSdk('export const answer = 42;');
  await expect(optionalImport(load, sdk)).resolves.toMatchObject({ answer: 42 });
});

test('a missing package gives the command that installs it', async () => {
  const error = await failureOf();
  expect(error).toMatchObject({ code: 'invalid_config', source: 'vendor', location: 'prod/magic-hour' });
  expect(error.hint).toBe(`Run: ${install}`);
  expect(error.message).toContain('the package @vendor/sdk is not installed');
  expect(error.upstream).toEqual({ name: 'ERR_MODULE_NOT_FOUND' });
  expect(error.message).not.toContain(folder);
});

test('a path inside a missing package gives the same command', async () => {
  await writeFile(join(folder, 'load.cjs'), `module.exports = () => import('@vendor/sdk/deep/client.js');`);
  expect((await failureOf()).message).toContain('the package @vendor/sdk is not installed');
});

test('a path inside a missing package gives the same command when it is required', async () => {
  const code = `module.exports = async () => require('@vendor/sdk/deep/client.js');`;
  await writeFile(join(folder, 'load.cjs'), code);
  const error = await failureOf();
  expect(error.message).toContain('the package @vendor/sdk is not installed');
  expect(error.upstream).toEqual({ name: 'MODULE_NOT_FOUND' });
});

test('a package with a similar name is another package', async () => {
  await installSdk(`import '@vendor/sdk-more';`);
  expect((await failureOf()).message).toContain('a part of @vendor/sdk');
});

test('a range with blanks is quoted for the shell', async () => {
  const error: unknown = await optionalImport(load, { name: '@vendor/sdk', range: '^1.4.0 || ^2.0.1' }).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ hint: 'Run: npm install "@vendor/sdk@^1.4.0 || ^2.0.1"' });
});

test('a package whose own dependency is missing is not called missing itself', async () => {
  await installSdk(`import '@vendor/sdk-core';`);
  const error = await failureOf();
  expect(error.message).toContain('a part of @vendor/sdk, or a package that it needs, is missing');
  expect(error.hint).toBe(`Run: ${install}`);
});

test('a package that was installed by half is not called missing either', async () => {
  await installSdk('', { exports: './gone.js' });
  expect((await failureOf()).message).toContain('a part of @vendor/sdk');
});

test('a version without the path we need gives the command for one that has it', async () => {
  await installSdk('', { exports: { './other': './index.js' } });
  const error = await failureOf();
  expect(error).toMatchObject({ code: 'invalid_config', hint: `Run: ${install}` });
  expect(error.message).toContain('the installed version of @vendor/sdk does not fit');
});

test.each([
  ['syntax this Node does not know', 'export const a = @;', 'SyntaxError'],
  ['a missing export of a built-in module', `import { notYet } from 'node:util'; notYet();`, 'SyntaxError'],
  ['a built-in module that is not there yet', `import 'node:not-yet';`, 'ERR_UNKNOWN_BUILTIN_MODULE'],
  ['a missing function of a built-in module', `import zlib from 'node:zlib'; zlib.notYet();`, 'TypeError'],
  ['a missing global', 'new NotYet();', 'ReferenceError'],
])('a package that stumbles over %s names the version of Node', async (_what, code, name) => {
  await installSdk(code);
  const error = await failureOf();
  expect(error.code).toBe('invalid_config');
  expect(error.message).toContain(`is installed, but does not load on Node ${process.versions.node}`);
  expect(error.hint).toContain(install);
  expect(error.upstream).toEqual({ name });
});

test('ERR_REQUIRE_ESM of an older Node names its version', async () => {
  const raw = Object.assign(new Error('require() of ES Module /x.js not supported'), {
    code: 'ERR_REQUIRE_ESM',
  });
  const error = await failureOf(() => Promise.reject(raw));
  expect(error.message).toContain(`Node ${process.versions.node}`);
});

test('anything else that is thrown while it loads is told without a word of it', async () => {
  const planted = makeTestKey();
  await installSdk(`throw new Error('bad token ${planted}');`);
  const error = await failureOf();
  expect(error.code).toBe('invalid_config');
  expect(error.message).toContain('is installed, but does not load');
  expect(error.hint).toBe(`See why with: node -e "import('@vendor/sdk')"`);
  expect(findLeaks(error, [planted])).toEqual([]);
});

test('no error of a loader shows its text, whatever it is', async () => {
  const planted = makeTestKey();
  const raws: readonly unknown[] = [
    planted,
    undefined,
    null,
    Object.assign(new Error(planted), { code: planted, name: planted }),
    Object.assign(new Error(`Cannot find package '${planted}' imported from x`), {
      code: 'ERR_MODULE_NOT_FOUND',
    }),
    Object.assign(new SyntaxError(planted), { cause: planted, token: planted }),
  ];
  for (const raw of raws) {
    const error = await failureOf(() => Promise.reject(raw));
    expect(error.code).toBe('invalid_config');
    expect(error.cause).toBeUndefined();
    expect(findLeaks(error, [planted])).toEqual([]);
  }
});

// Deno 2.9: outside of an import map, and in one that has the name without the files.
test.each([
  'Import "@vendor/sdk" not a dependency and not in import map from "file:///app/source.js"',
  "Could not find package '@vendor/sdk' from referrer 'file:///app/source.js'.",
])('a package that Deno does not find is told with the command: %s', async (text) => {
  const raw = Object.assign(new TypeError(text), { code: 'ERR_MODULE_NOT_FOUND' });
  const error = await failureOf(() => Promise.reject(raw));
  expect(error.message).toContain('is not installed');
  expect(error.hint).toContain('npm install');
});
