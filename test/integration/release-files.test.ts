// The API reports and the bill of materials, each made of a small workspace with planted packages.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

type Files = Record<string, string | object>;
const scripts = fileURLToPath(new URL('../../scripts', import.meta.url));
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mhk-release-files-'));
});

afterEach(() => rm(folder, { recursive: true }));

describe('an API report', () => {
  test('has what the entry exports and the types behind it, without comments', async () => {
    await plant(workspace());
    expect(await run('api-reports')).toMatchObject({ code: 0 });
    expect(await readReport()).toBe(REPORT);
  });

  test('passes the check until an export is added', async () => {
    await plant(workspace());
    await run('api-reports');
    expect(await run('api-reports', '--check')).toMatchObject({ code: 0 });
    await plant({
      'packages/core/dist/index.d.ts': `${INDEX}export declare function readAll(): Promise<void>;\n`,
    });
    const { code, text } = await run('api-reports', '--check');
    expect(code).toBe(1);
    expect(text).toMatch(/packages\/core\/api-report\.md:\d+: .*readAll.* npm run api/s);
  });

  test('does not pass the check when a member of a type that is not exported changes', async () => {
    await plant(workspace());
    await run('api-reports');
    await plant({ 'packages/core/dist/options.d.ts': OPTIONS.replace('limitMs', 'deadlineMs') });
    expect(await run('api-reports', '--check')).toMatchObject({ code: 1 });
  });

  test('passes the check when a comment alone has changed', async () => {
    await plant(workspace());
    await run('api-reports');
    await plant({ 'packages/core/dist/index.d.ts': INDEX.replace('Reads it.', 'Reads the whole of it.') });
    expect(await run('api-reports', '--check')).toMatchObject({ code: 0 });
  });

  test('that is missing fails the check', async () => {
    await plant(workspace());
    expect(await run('api-reports', '--check')).toMatchObject({ code: 1 });
  });
});

describe('the bill of materials', () => {
  test('has our packages and all that they depend on, and no peer or tool', async () => {
    await plant(workspace());
    const { code, text } = await run('sbom');
    expect(code).toBe(0);
    const bill = JSON.parse(text) as { components: { purl: string }[]; dependencies: object[] };
    expect(bill.components.map(({ purl }) => purl)).toEqual([
      'pkg:npm/%40magic-hour-keys/core@1.2.3',
      'pkg:npm/deep@3.0.0',
      'pkg:npm/parser@2.0.0',
    ]);
    expect(bill.dependencies).toContainEqual({
      ref: 'pkg:npm/parser@2.0.0',
      dependsOn: ['pkg:npm/deep@3.0.0'],
    });
  });

  test('is the same for the same lockfile', async () => {
    await plant(workspace());
    expect(await run('sbom')).toEqual(await run('sbom'));
  });

  test('is not made when a dependency is not in the lockfile', async () => {
    await plant({ ...workspace(), 'packages/core/package.json': manifest({ unlocked: '1.0.0' }) });
    const { code, text } = await run('sbom');
    expect(code).toBe(1);
    expect(text).toContain('@magic-hour-keys/core: the lockfile does not know unlocked');
  });

  test('is not made when a dependency names no licence', async () => {
    const deep = { name: 'deep', version: '3.0.0' };
    await plant({ ...workspace(), 'node_modules/.pnpm/deep@3.0.0/node_modules/deep/package.json': deep });
    expect((await run('sbom')).text).toContain('deep@3.0.0 names no licence');
  });
});

async function run(script: string, ...args: string[]): Promise<{ code: number; text: string }> {
  const command = [join(scripts, `${script}.mjs`), '--root', folder, ...args];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, command);
    return { code: 0, text: stdout };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, text: stdout + stderr };
  }
}

async function plant(files: Files): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content));
  }
}

function readReport(): Promise<string> {
  return readFile(join(folder, 'packages/core/api-report.md'), 'utf8');
}

const INDEX = `import type { Options as Settings } from './options.ts';
import type { Foreign, Theirs as Mine } from 'foreign';
import type * as all from 'everything';
/** Reads it. */
export declare function read(options: Settings): Promise<string>;
export declare function read(options: Settings, foreign: Foreign | Mine /* of theirs */, every: all.Types): Promise<Uint8Array>;
export { VERSION as version } from './options.ts';
export type * from './shared.ts';
`;
const OPTIONS = `export interface Options {
    /** Milliseconds. */
    readonly limitMs?: number | undefined;
    readonly place: Place;
}
interface Place {
    readonly name: string;
}
interface NobodyAsks {
    readonly Place: string;
}
export declare const VERSION = "1";
export {};
`;
const REPORT = `# API of @magic-hour-keys/core

Written by \`npm run api\` from the declarations that are published; do not edit.

## @magic-hour-keys/core

\`\`\`ts
import type { Options as Settings } from '@magic-hour-keys/core';
import type * as all from 'everything';
import type { Foreign, Theirs as Mine } from 'foreign';

export type Shared = 'one' | 'two';

export declare function read(options: Settings): Promise<string>;
export declare function read(
  options: Settings,
  foreign: Foreign | Mine,
  every: all.Types,
): Promise<Uint8Array>;

declare const VERSION = '1';
export { VERSION as version };

// Not exported, and part of what is:

interface Options {
  readonly limitMs?: number | undefined;
  readonly place: Place;
}

interface Place {
  readonly name: string;
}
\`\`\`
`;

function workspace(): Files {
  const store = 'node_modules/.pnpm';
  return {
    'package.json': { name: 'planted', description: 'Planted.' },
    'packages/core/package.json': manifest({ parser: 'catalog:' }),
    'packages/core/dist/index.d.ts': INDEX,
    'packages/core/dist/options.d.ts': OPTIONS,
    'packages/core/dist/shared.d.ts': "export type Shared = 'one' | 'two';\n",
    'pnpm-lock.yaml': LOCKFILE,
    [`${store}/parser@2.0.0_tool@9.0.0/node_modules/parser/package.json`]: installed('parser', '2.0.0'),
    [`${store}/deep@3.0.0/node_modules/deep/package.json`]: installed('deep', '3.0.0'),
  };
}

function manifest(dependencies: Record<string, string>): object {
  return {
    ...installed('@magic-hour-keys/core', '1.2.3'),
    exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
    dependencies,
    peerDependencies: { sdk: '^1.0.0' },
  };
}

function installed(name: string, version: string): object {
  return { name, version, license: 'MIT' };
}

const LOCKFILE = `lockfileVersion: '9.0'
importers:
  packages/core:
    dependencies:
      parser:
        specifier: 'catalog:'
        version: 2.0.0(tool@9.0.0)
      sdk:
        specifier: ^1.0.0
        version: 1.0.0
packages:
  parser@2.0.0:
    resolution: {integrity: sha512-AAAA}
    peerDependencies:
      tool: '>=5'
  deep@3.0.0:
    resolution: {integrity: sha512-BBBB}
  sdk@1.0.0:
    resolution: {integrity: sha512-CCCC}
snapshots:
  parser@2.0.0(tool@9.0.0):
    dependencies:
      deep: 3.0.0
    optionalDependencies:
      tool: 9.0.0
  deep@3.0.0: {}
  sdk@1.0.0: {}
`;
