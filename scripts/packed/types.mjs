import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../lib/workspace.mjs';
import { installedVersion, tsc } from './commands.mjs';

/** The newest compiler, and the oldest that is supported. */
const COMPILERS = ['typescript', 'typescript-5-4'];
/** The entries that show types of Node's own, and which therefore need @types/node. */
const NEEDS_NODE_TYPES = [
  '@magic-hour-keys/testing',
  '@magic-hour-keys/http/got',
  '@magic-hour-keys/http/node',
];

/** Where @types/node and the SDKs are missing: nothing may need them. Libraries are checked as well. */
export async function checkPortableTypes({ check }, { folder, entries }) {
  await copyPrograms(folder);
  const portable = entries.filter((entry) => !NEEDS_NODE_TYPES.some((start) => entry.startsWith(start)));
  await writeEntries(folder, 'entries-portable.ts', portable);
  for (const compiler of COMPILERS) {
    await check(`types of ${portable.length} entries without @types/node, ${named(compiler)}`, () =>
      tsc(compiler, ['-p', 'tsconfig.portable.json'], folder),
    );
  }
  await check('types of a CommonJS module', () =>
    tsc('typescript', ['-p', 'tsconfig.commonjs.json'], folder),
  );
  await check('a wrong use does not compile', () => expectWrongUseToFail(folder));
}

/** Where @types/node is installed. */
export async function checkTypes({ check }, { folder, entries }) {
  await copyPrograms(folder);
  await writeEntries(folder, 'entries-node.ts', entries);
  for (const compiler of COMPILERS) {
    for (const resolution of ['nodenext', 'bundler']) {
      await check(`types of ${entries.length} entries, ${resolution}, ${named(compiler)}`, () =>
        tsc(compiler, ['-p', `tsconfig.${resolution}.json`], folder),
      );
    }
  }
}

function named(compiler) {
  return `TypeScript ${installedVersion(compiler)}`;
}

function copyPrograms(folder) {
  return cp(join(ROOT, 'test/types/consumers'), folder, { recursive: true });
}

function writeEntries(folder, file, entries) {
  const lines = entries.map((entry, index) => `export * as entry${index} from '${entry}';`);
  return writeFile(join(folder, file), `${lines.join('\n')}\n`);
}

/** Exactly the marked lines of wrong-use.ts are errors. Were the types `any` somewhere, one would be missing. */
async function expectWrongUseToFail(folder) {
  const lines = (await readFile(join(folder, 'wrong-use.ts'), 'utf8')).split('\n');
  const marked = lines.flatMap((line, index) => (line.includes('// wrong:') ? [index + 1] : []));
  const { stdout } = await tsc('typescript', ['-p', 'tsconfig.wrong.json'], folder).catch((error) => error);
  const reported = new Set([...stdout.matchAll(/^wrong-use\.ts\((\d+),/gm)].map(([, line]) => Number(line)));
  const found = [...reported].join();
  if (found === '' || found !== marked.join()) throw new Error(`marked: ${marked.join()}\n${stdout}`);
  return `${marked.length} of ${marked.length} mistakes found`;
}
