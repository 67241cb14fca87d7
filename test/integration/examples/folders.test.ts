// Whoever copies the folder of an example finds in its package.json what its code imports, and a config without a fault.
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkConfig } from '@magic-hour-keys/config';
import { expect, test } from 'vitest';
import { examples, root } from './example-world.ts';

interface PackageManifest {
  readonly version?: string;
  readonly private?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const folders = (await readdir(examples, { withFileTypes: true }))
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

async function readManifest(file: string): Promise<PackageManifest> {
  return JSON.parse(await readFile(file, 'utf8')) as PackageManifest;
}

/** `@magic-hour-keys/http/undici` gives `@magic-hour-keys/http`. */
function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

async function readImports(folder: string): Promise<string[]> {
  const files = (await readdir(join(examples, folder))).filter((name) => name.endsWith('.mjs'));
  const texts = await Promise.all(files.map((name) => readFile(join(examples, folder, name), 'utf8')));
  const found = texts.flatMap((text) => [...text.matchAll(/^import .*'([^'.][^']*)';$/gm)]);
  return found.map(([, specifier = '']) => specifier).filter((specifier) => !specifier.startsWith('node:'));
}

test('the list of examples names every folder, and each says how to run it', async () => {
  const list = await readFile(join(examples, 'README.md'), 'utf8');
  const named = [...list.matchAll(/\]\(([\w.-]+)\)/g)].map(([, link]) => link);
  expect(new Set(named)).toEqual(new Set(['first-request.mjs', ...folders]));
  expect(folders.filter((folder) => !existsSync(join(examples, folder, 'README.md')))).toEqual([]);
});

test.each(folders.filter((folder) => existsSync(join(examples, folder, 'package.json'))))(
  'the package.json of %s is private, has what the code imports, and our packages as they are now',
  async (folder) => {
    const { dependencies = {}, ...manifest } = await readManifest(join(examples, folder, 'package.json'));
    const imported = (await readImports(folder)).map(packageOf);
    expect(imported.length).toBeGreaterThan(1);
    expect(Object.keys(dependencies)).toEqual(expect.arrayContaining(imported));
    expect(manifest.private).toBe(true);
    const { version } = await readManifest(join(root, 'packages/core/package.json'));
    const ours = Object.entries(dependencies).filter(([name]) => name.startsWith('@magic-hour-keys/'));
    expect(ours.filter(([, range]) => range !== `^${version}`)).toEqual([]);
  },
);

test.each(folders.filter((folder) => existsSync(join(examples, folder, 'magic-hour-keys.json'))))(
  'the config of %s has no fault in any environment',
  (folder) => {
    const { problems, environments } = checkConfig({
      environment: 'production',
      file: join(examples, folder, 'magic-hour-keys.json'),
    });
    expect(problems).toEqual([]);
    expect(environments.length).toBeGreaterThan(1);
  },
);
