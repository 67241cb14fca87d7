// Every snippet of the documentation is what it says: programs are compiled, configurations checked, and command lines
// compared with the commands there are. docs-programs.test.ts runs the programs.
import { execFile, spawnSync } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { loadAllYaml } from '@kubernetes/client-node';
import { checkConfig } from '@magic-hour-keys/config';
import { main } from 'magic-hour-keys';
import { afterAll, expect, test } from 'vitest';
import {
  createHelpReader,
  findKeysInArguments,
  judgeCommandLine,
  listCommandLines,
} from './docs/command-lines.ts';
import { listPages, root, type Block } from './docs/pages.ts';
import { writeSnippets } from './docs/program-folder.ts';

const run = promisify(execFile);
const pages = listPages();
const blocks = pages.flatMap((page) => page.blocks);
const { folder, snippets } = await writeSnippets(pages);

/** Shown, and not read by any program here. */
const ONLY_SHOWN = new Set(['', 'text', 'hcl', 'dockerfile']);
const CHECKED = new Set(['js', 'ts', 'json', 'yaml', 'sh', 'console', 'python']);

afterAll(() => rm(folder, { recursive: true }));

function inLanguage(...languages: readonly string[]): readonly Block[] {
  const found = blocks.filter(({ language }) => languages.includes(language));
  expect(found.length).toBeGreaterThan(0);
  return found;
}

test('every snippet is in a language that is checked, or known to be only shown', () => {
  const others = blocks.filter(({ language }) => !CHECKED.has(language) && !ONLY_SHOWN.has(language));
  expect(others.map(({ place, language }) => `${place}: ${language}`)).toEqual([]);
  expect(blocks.length).toBeGreaterThan(100);
});

test('the programs compile, all of them', async () => {
  const compilerOptions = {
    ...{ composite: false, isolatedDeclarations: false, declaration: false, declarationMap: false },
    ...{ noEmit: true, noUnusedLocals: false, noPropertyAccessFromIndexSignature: false },
  };
  const tsconfig = {
    extends: join(root, 'tsconfig.base.json'),
    compilerOptions,
    files: snippets.map(({ file }) => file),
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const { stdout } = await run(process.execPath, [compiler, '-p', folder]).catch((error: unknown) =>
    Object(error),
  );
  expect(stdout).toBe('');
  expect(snippets.length).toBeGreaterThan(15);
});

test('the JSON is JSON, and each configuration is a good one', () => {
  const problems = inLanguage('json').flatMap(({ place, text }) => {
    const json = JSON.parse(text) as Record<string, unknown>;
    const isBare = typeof json['source'] === 'string' || Array.isArray(json['firstFound']);
    const config = isBare ? { environments: { production: json } } : json;
    if (typeof config['environments'] !== 'object') return [];
    const [environment] = Object.keys(Object(config['environments']) as object);
    const { ok, problems: found } = checkConfig({ config, environment, env: {} });
    return ok ? [] : found.map(({ pointer, message }) => `${place}${pointer}: ${message}`);
  });
  expect(problems).toEqual([]);
});

test('the YAML is YAML', () => {
  for (const { place, text } of inLanguage('yaml')) {
    expect(() => void loadAllYaml(text), place).not.toThrow();
    expect(loadAllYaml(text), place).not.toContain(undefined);
  }
});

test('bash can read the command lines', async (context) => {
  context.skip(!isThere('bash'), 'there is no bash on this machine');
  expect(await askBash(inLanguage('sh'))).toBe('');
  expect(await askBash([{ ...inLanguage('sh')[0]!, place: 'here', text: 'if' }])).toContain('here');
});

test('Python can read the programs in Python', (context) => {
  context.skip(!isThere('python3'), 'there is no python3 on this machine');
  const programs = JSON.stringify(inLanguage('python').map(({ place, text }) => [place, text]));
  const script = 'import json, sys\nfor place, text in json.load(sys.stdin): compile(text, place, "exec")';
  const { status, stderr } = spawnSync('python3', ['-c', script], { input: programs, encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

test('every mhk command of the documentation is there, with its options', async () => {
  const read = createHelpReader();
  const lines = pages.flatMap(listCommandLines);
  const verdicts = await Promise.all(lines.map((line) => judgeCommandLine(line, read)));
  expect([...new Set(verdicts.flat())]).toEqual([]);
  expect(lines.length).toBeGreaterThan(50);
  const wrong = { place: 'here', words: ['get', '--environment', 'production'] };
  await expect(judgeCommandLine(wrong, read)).resolves.toHaveLength(1);
});

test('no command line takes a key among its arguments', () => {
  expect(inLanguage('sh', 'console', 'yaml').flatMap(findKeysInArguments)).toEqual([]);
  const careless = 'aws secretsmanager put-secret-value --secret-id x --secret-string mhk';
  expect(findKeysInArguments({ ...inLanguage('sh')[0]!, text: careless })).toHaveLength(1);
});

test.each(listChecks())('%s: what `mhk check` prints there is what it prints', async (_page, shown, page) => {
  let printed = '';
  const stdout = { write: (text: string | Uint8Array) => void (printed += Buffer.from(text).toString()) };
  const [command = '', ...lines] = shown.trim().split('\n').map(squeeze);
  const argv = command.replace('$ mhk ', '').split(' ');
  const cwd = snippets.find(({ block }) => block.page === page)?.folder ?? folder;
  await main(argv, { stdout, stderr: stdout, env: {}, cwd });
  for (const line of lines) expect(squeeze(printed)).toContain(line);
  expect(lines.length).toBeGreaterThan(0);
});

/** Blocks with a `$ mhk check` and its output, on pages that have a configuration; `cli.md` writes its own anew. */
function listChecks(): [string, string, string][] {
  const consoles = blocks.filter(
    ({ language, text, page }) =>
      language === 'console' && text.startsWith('$ mhk check') && page !== 'docs/cli.md',
  );
  return consoles.map(({ place, text, page }) => [place, text, page]);
}

function squeeze(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ');
}

function isThere(program: string): boolean {
  return spawnSync(program, ['--version']).status === 0;
}

/** What bash has to complain about; one process for all, because there are many blocks. */
async function askBash(scripts: readonly Block[]): Promise<string> {
  const files = await Promise.all(
    scripts.map(async ({ place, text }) => {
      const file = join(folder, `${place.replaceAll(/[/:]/g, '-')}.sh`);
      await writeFile(file, text);
      return file;
    }),
  );
  const { stderr } = await run('bash', ['-c', 'for file; do bash -n "$file"; done; true', 'bash', ...files]);
  return stderr;
}
