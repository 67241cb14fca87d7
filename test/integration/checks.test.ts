// The checks guard everybody else's work, so each is shown a workspace that keeps the rules, and then the same
// workspace with one planted fault.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { makeTestKey } from '@magic-hour-keys/testing';
import { afterEach, describe, expect, test } from 'vitest';

type Files = Record<string, string>;
const run = promisify(execFile);
const scripts = fileURLToPath(new URL('../../scripts', import.meta.url));
const folders: string[] = [];

afterEach(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
});

describe('check-imports', () => {
  test('passes a workspace whose imports run one way', async () => {
    expect(await check('check-imports', cleanWorkspace())).toMatchObject({ code: 0 });
  });

  test.each<[string, Files, string]>([
    [
      'core imports a sibling',
      { 'packages/core/src/a.ts': "import '@magic-hour-keys/env';" },
      'core imports no sibling',
    ],
    [
      'core has a dependency',
      { 'packages/core/src/a.ts': "import { x } from 'left-pad';" },
      'no dependencies',
    ],
    ['core needs Node', { 'packages/core/src/a.ts': "export * from 'node:fs';" }, 'only core/src/node'],
    [
      'the entry of core reaches its Node part',
      { 'packages/core/src/a.ts': "import './node/b.ts';" },
      'brings node:',
    ],
    ['a builtin has no prefix', { 'packages/env/src/a.ts': "import fs from 'fs';" }, 'write "node:fs"'],
    ['a backend imports http', { 'packages/env/src/a.ts': "import '@magic-hour-keys/http';" }, 'core alone'],
    ['http imports config', { 'packages/http/src/a.ts': "import '@magic-hour-keys/config';" }, 'core alone'],
    [
      'config loads a backend before it is needed',
      { 'packages/config/src/a.ts': "import { envKeySource } from '@magic-hour-keys/env';" },
      'import "@magic-hour-keys/env/definition" statically',
    ],
    [
      'runtime code imports testing',
      { 'packages/cli/src/a.ts': "import '@magic-hour-keys/testing';" },
      'never imports testing',
    ],
    [
      'a file reaches into another package',
      { 'packages/env/src/a.ts': "import '../../core/src/a.ts';" },
      'leaves the package',
    ],
    [
      'an import is computed',
      { 'packages/env/src/a.ts': 'export const load = (name: string) => import(name);' },
      'needs a literal',
    ],
    [
      'an import is not declared',
      { 'packages/env/src/a.ts': "import { x } from 'left-pad';" },
      'declared neither',
    ],
    [
      'a dependency is not used',
      {
        'packages/http/package.json': manifest('http', {
          dependencies: { '@magic-hour-keys/core': '*', ky: '1' },
        }),
      },
      'ky is declared, and nothing imports it',
    ],
    [
      'an optional peer is loaded with the module',
      { 'packages/env/src/a.ts': "import { Client } from 'some-sdk';" },
      'some-sdk is an optional peer',
    ],
    [
      'the validator is loaded with the source',
      { 'packages/env/src/source.ts': "import * as v from 'valibot';" },
      'keep it behind',
    ],
  ])('fails when %s', async (_fault, planted, message) => {
    expect(await check('check-imports', { ...cleanWorkspace(), ...planted })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(message),
    });
  });

  test('takes no notice of an import in a comment or in a string', async () => {
    const harmless = `// import '@magic-hour-keys/http';\nexport const text = "import '@magic-hour-keys/http'";`;
    expect(
      await check('check-imports', { ...cleanWorkspace(), 'packages/core/src/a.ts': harmless }),
    ).toMatchObject({
      code: 0,
    });
  });
});

describe('check-skeleton', () => {
  test('passes a backend that keeps to it', async () => {
    expect(await check('check-skeleton', cleanWorkspace())).toMatchObject({ code: 0 });
  });

  test.each<[string, Files, string]>([
    ['a heading is missing', { 'packages/env/README.md': '# env\n\n## Use\n' }, '"## Permissions needed"'],
    [
      'an option is not explained',
      { 'packages/env/dist/definition.js': definition('{ variable: {}, other: {} }') },
      '`other`',
    ],
    [
      'an option has a reserved name',
      { 'packages/env/dist/definition.js': definition('{ variable: {}, via: {} }') },
      '"via" is reserved',
    ],
    [
      'the definition has another name',
      { 'packages/env/dist/definition.js': definition('{ variable: {} }', 'dotenv') },
      'its name is "dotenv"',
    ],
    [
      'a factory is missing',
      { 'packages/env/src/index.ts': "export { envKeySource } from './source.ts';" },
      'envKeyProvider',
    ],
    [
      'everything is re-exported',
      { 'packages/env/src/index.ts': "export * from './source.ts';" },
      'by name only',
    ],
    [
      'config does not list the backend',
      { 'packages/config/src/index.ts': 'export {};' },
      'does not know the definition of env',
    ],
    [
      'the peers differ from those named to the user',
      { 'packages/env/package.json': manifest('env', envPackage('2')) },
      'differ on some-sdk',
    ],
    ['there is no test', { 'test/unit/env/source.test.ts': '' }, 'test/unit/env/: no test'],
    [
      'there is no definition export',
      { 'packages/env/package.json': manifest('env', { ...envPackage(), exports: {} }) },
      '"./definition"',
    ],
    [
      'the source condition would be published',
      { 'packages/http/package.json': manifest('http', { publishConfig: { exports: sourceExports } }) },
      'has the condition',
    ],
    [
      'separate modules would be published',
      {
        'packages/env/package.json': manifest('env', {
          ...envPackage(),
          publishConfig: { exports: entries('dist') },
        }),
      },
      'from ./bundle/',
    ],
    [
      'the published program is not the bundled one',
      { 'packages/cli/package.json': manifest('cli', { bin: { mhk: './dist/bin.js' } }) },
      'publishConfig.bin',
    ],
  ])('fails when %s', async (_fault, planted, message) => {
    expect(await check('check-skeleton', { ...cleanWorkspace(), ...planted })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(message),
    });
  });

  test('fails when a file is missing', async () => {
    const { 'packages/env/src/source.ts': _source, ...rest } = cleanWorkspace();
    expect(await check('check-skeleton', rest)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('packages/env/src/source.ts: missing'),
    });
  });
});

describe('check-committed', () => {
  test('passes a clean repository, where a test that skips says why', async () => {
    const skipping =
      "test('x', (context) => { context.skip(process.platform === 'win32', 'Windows has no modes'); });";
    expect(await checkCommitted({ 'test/a.test.ts': skipping })).toMatchObject({ code: 0 });
  });

  // Put together here, because this file is checked as well.
  test.each<[string, string, string, string]>([
    [
      'a path of one machine',
      'a.md',
      `see ${['', 'home', 'ada', 'notes'].join('/')}`,
      'a.md:1: a path of one machine',
    ],
    ["a registry's host", '.npmrc', `r${'egistry'}=https://r${'egistry'}.npmjs.org/`, "a registry's host"],
    [
      'a Magic Hour key',
      'a.json',
      `{\n  "key": "${makeTestKey()}" }`,
      'a.json:2: what looks like a Magic Hour key',
    ],
    ['an AWS access key', 'a.ts', `const id = '${'AKIA'}${'Z'.repeat(16)}';`, 'AWS access key'],
    ['a Vault token', 'a.ts', `const token = '${'hvs'}.${'a1'.repeat(12)}';`, 'Vault token'],
    ['a private key', 'a.pem', `-----BEGIN PRIVATE ${'KEY'}-----\n${'MIIE'.repeat(16)}`, 'a private key'],
    ['an .env file', '.env.local', 'A=b', '.env files hold keys'],
    ['a lockfile with a URL', 'pnpm-lock.yaml', 'tarball: https://example.com/x.tgz', 'names a URL'],
    ['another package manager', 'b.yml', `run: npx ${'pnpm'}@1.2.3 install`, `runs ${'pnpm'}@1.2.3`],
    ['a focused test', 'a.test.ts', `test${'.only'}('x', () => {});`, 'test.only is silent'],
    [
      'a focused suite',
      'a.test.ts',
      `describe${'.only'}.each([1])('x', () => {});`,
      'describe.only is silent',
    ],
    ['a skipped test', 'a.test.ts', `\nit${'.skip'}('x', () => {});`, 'a.test.ts:2: it.skip is silent'],
    [
      'a test skipped on a condition',
      'a.test.ts',
      `test${'.skipIf'}(true)('x', () => {});`,
      'test.skipIf is silent',
    ],
    ['a skip without a reason', 'a.test.ts', "test('x', (context) => context.skip());", 'needs a reason'],
    [
      'a test left out by an option',
      'a.test.ts',
      "test('x', { skip: true }, () => {});",
      'leaves the test out',
    ],
  ])('fails for %s', async (_fault, path, text, message) => {
    const result = await checkCommitted({ [path]: text });
    expect(result).toMatchObject({ code: 1, stderr: expect.stringContaining(message) });
  });

  test('never prints the key that it found', async () => {
    const key = makeTestKey();
    const { stdout, stderr } = await checkCommitted({ 'a.ts': `export const key = '${key}';` });
    expect(stderr).toContain('a.ts:1');
    expect(stdout + stderr).not.toContain(key.slice(-8));
  });

  async function checkCommitted(files: Files): Promise<Outcome> {
    const root = await write({ 'package.json': '{ "packageManager": "pnpm@12.21.0" }', ...files });
    await run('git', ['init', '--quiet'], { cwd: root });
    return runCheck('check-committed', root);
  }
});

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function check(name: string, files: Files): Promise<Outcome> {
  return runCheck(name, await write(files));
}

async function runCheck(name: string, root: string): Promise<Outcome> {
  try {
    const output = await run(process.execPath, [join(scripts, `${name}.mjs`), '--root', root]);
    return { code: 0, ...output };
  } catch (error) {
    return error as Outcome;
  }
}

async function write(files: Files): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'mhk-checks-'));
  folders.push(root);
  await Promise.all(
    Object.entries(files)
      .filter(([, text]) => text !== '')
      .map(async ([path, text]) => {
        await mkdir(dirname(join(root, path)), { recursive: true });
        await writeFile(join(root, path), text);
      }),
  );
  return root;
}

/** The smallest workspace that every check passes: core, one backend, http, config, cli and testing. */
function cleanWorkspace(): Files {
  const onCore = { dependencies: { '@magic-hour-keys/core': 'workspace:*' } };
  const useCore = "import type { KeySource } from '@magic-hour-keys/core';\nexport type Source = KeySource;";
  return {
    'package.json': JSON.stringify({ devDependencies: { '@magic-hour-keys/env': 'workspace:*' } }),
    'tsconfig.json': JSON.stringify({ references: [{ path: 'packages/env' }] }),
    'packages/core/package.json': manifest('core'),
    'packages/core/src/index.ts': "export { x } from './a.ts';",
    'packages/core/src/a.ts': 'export const x = 1;',
    'packages/core/src/node/b.ts': "import 'node:fs';\nimport '../a.ts';",
    'packages/env/package.json': manifest('env', envPackage()),
    'packages/env/tsconfig.json': '{}',
    'packages/env/README.md':
      '# env\n\n## Install\n\n## Use\n\n## Options\n\n`variable`\n\n## Permissions needed\n\n## Errors and what to do\n\n## Rotation\n',
    'packages/env/src/index.ts': "export { envKeyProvider, envKeySource } from './source.ts';",
    'packages/env/src/source.ts':
      "import type { Client } from 'some-sdk';\nexport const load = (): Promise<Client> => import('some-sdk');",
    'packages/env/src/definition.ts':
      "import type { X } from '@magic-hour-keys/core/author';\nimport * as v from 'valibot';\nexport const envDefinition: X = v;",
    'packages/env/dist/definition.js': definition('{ variable: {} }'),
    'packages/http/package.json': manifest('http', onCore),
    'packages/http/src/index.ts': useCore,
    'packages/config/package.json': manifest('config', {
      dependencies: { '@magic-hour-keys/core': 'workspace:*', '@magic-hour-keys/env': 'workspace:*' },
    }),
    'packages/config/src/index.ts': `${useCore}\nimport { envDefinition } from '@magic-hour-keys/env/definition';
export const env = { definition: envDefinition, load: () => import('@magic-hour-keys/env') };`,
    'packages/cli/package.json': manifest('cli', onCore),
    'packages/cli/src/index.ts': useCore,
    'packages/testing/package.json': manifest('testing', onCore),
    'packages/testing/src/index.ts': useCore,
    'test/unit/env/source.test.ts': 'export {};',
  };
}

const sourceExports = { '.': { '@magic-hour-keys/source': './src/index.ts', default: './dist/index.js' } };

function manifest(name: string, more: object = {}): string {
  return JSON.stringify({
    name: name === 'cli' ? 'magic-hour-keys' : `@magic-hour-keys/${name}`,
    exports: {},
    publishConfig: { exports: {} },
    ...more,
  });
}

function envPackage(sdk = '1'): object {
  return {
    dependencies: { '@magic-hour-keys/core': 'workspace:*', valibot: '1' },
    peerDependencies: { 'some-sdk': sdk },
    peerDependenciesMeta: { 'some-sdk': { optional: true } },
    exports: entries('dist'),
    publishConfig: { exports: entries('bundle') },
  };
}

function entries(folder: string): object {
  return {
    '.': { types: './dist/index.d.ts', default: `./${folder}/index.js` },
    './definition': { types: './dist/definition.d.ts', default: `./${folder}/definition.js` },
    './package.json': './package.json',
  };
}

function definition(options: string, name = 'env'): string {
  return `export const envDefinition = { name: '${name}', packageName: '@magic-hour-keys/env',
    requires: [{ name: 'some-sdk', range: '1' }], schema: { type: 'strict_object', entries: ${options} } };`;
}
