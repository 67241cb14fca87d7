// The snippets are the first code that people copy, so each runs as it stands there, with its own assertions.
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const readme = readFileSync(join(root, 'packages/testing/README.md'), 'utf8');
const snippets = [...readme.matchAll(/^([^\n]+):\n\n```js\n(.*?)^```/gms)];
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mhk-testing-readme-'));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
});

afterEach(() => rm(folder, { recursive: true }));

it('has a snippet for the clock, the source, the API and the probe', () => {
  expect(snippets).toHaveLength(4);
});

it.each(snippets.map(([, title = '', code = '']) => ({ title, code })))(
  'runs the snippet: $title',
  async ({ code }) => {
    const file = join(folder, 'snippet.mjs');
    await writeFile(file, code);
    expect(code).toContain('assert.');
    await import(/* @vite-ignore */ pathToFileURL(file).href);
  },
);
