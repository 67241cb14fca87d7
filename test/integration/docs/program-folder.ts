// Snippets as files, each page in a folder of its own, so that they can be compiled and run.
import { mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, type Block, type Page } from './pages.ts';

const CODE = new Set(['js', 'ts']);

/** A program that is not in this repository, as far as a snippet uses it. */
const AZURE_FUNCTIONS = {
  'package.json': '{ "name": "@azure/functions", "type": "module", "exports": "./index.js" }',
  'index.js': 'export const app = { http: (name, options) => void (globalThis.azureFunction = options) };',
  'index.d.ts': `interface Answer { status?: number; body?: string }
export declare const app: { http(name: string, options: { methods?: string[]; handler: () => Promise<Answer> }): void };`,
};

export interface Snippet {
  readonly block: Block;
  readonly folder: string;
  /** With this ending it imports our packages from their sources, and needs no build. */
  readonly file: string;
}

/** Makes the folder, with everything the snippets import. */
export async function writeSnippets(
  pages: readonly Page[],
): Promise<{ folder: string; snippets: Snippet[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'mhk-docs-'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  const written = await Promise.all(pages.map((page) => writePage(folder, page)));
  return { folder, snippets: written.flat() };
}

async function writePage(parent: string, { path, blocks }: Page): Promise<Snippet[]> {
  const folder = join(parent, path.replaceAll(/[/.]/g, '-'));
  await mkdir(folder);
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  for (const { name, text } of blocks.filter((block) => block.language === 'json' && block.name !== ''))
    await writeFile(join(folder, name), text);
  const code = blocks.filter(({ language }) => CODE.has(language));
  if (code.some(({ text }) => text.includes('@azure/functions'))) await writeAzureFunctions(folder);
  return Promise.all(
    code.map(async (block, index) => {
      const file = join(folder, `${block.name === '' ? `snippet-${index + 1}` : block.name}.ts`);
      await writeFile(file, block.text);
      return { block, folder, file };
    }),
  );
}

async function writeAzureFunctions(folder: string): Promise<void> {
  const place = join(folder, 'node_modules/@azure/functions');
  await mkdir(place, { recursive: true });
  for (const [name, text] of Object.entries(AZURE_FUNCTIONS)) await writeFile(join(place, name), text);
}
