import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../../..');

/** The newest, and the oldest that the declarations are written for. */
export const COMPILERS: readonly string[] = ['typescript', 'typescript-5-4'];

/** The subpaths of the package, by the file that each mirrors. */
const HTTP_ENTRIES: Readonly<Record<string, string>> = {
  '.': 'index',
  './axios': 'axios/index',
  './got': 'got/index',
  './magic-hour': 'magic-hour/index',
  './node': 'node/index',
  './undici': 'undici/index',
};

export interface Consumer {
  readonly folder: string;
  /** Makes installed packages of this repository visible, under their names here. */
  link(names: readonly string[]): Promise<void>;
  /** What the compiler says about these files; '' for nothing. */
  compile(text: string | readonly string[], options?: CompileOptions): Promise<string>;
  remove(): Promise<void>;
}

export interface CompileOptions {
  /** The package in which the compiler is. */
  readonly compiler?: string | undefined;
  readonly lib?: readonly string[] | undefined;
  readonly types?: readonly string[] | undefined;
  readonly skipLibCheck?: boolean | undefined;
}

/** An empty project, with the declarations as they are published in the place where an installed package has them. */
export async function makeConsumer(): Promise<Consumer> {
  const folder = await mkdtemp(join(tmpdir(), 'magic-hour-keys-types-'));
  const emit = {
    extends: join(ROOT, 'tsconfig.base.json'),
    compilerOptions: {
      composite: false,
      declarationMap: false,
      emitDeclarationOnly: true,
      rootDir: join(ROOT, 'packages'),
      outDir: join(folder, 'node_modules/@magic-hour-keys'),
      typeRoots: [join(ROOT, 'node_modules/@types')],
      // Through node_modules it would count as somebody else's, and not be emitted.
      paths: { '@magic-hour-keys/core': [join(ROOT, 'packages/core/src/index.ts')] },
    },
    files: Object.values(HTTP_ENTRIES).map((file) => join(ROOT, 'packages/http/src', `${file}.ts`)),
  };
  await writeFile(join(folder, 'tsconfig.emit.json'), JSON.stringify(emit));
  const problems = await runCompiler(folder, 'tsconfig.emit.json', 'typescript');
  if (problems) throw new Error(problems);
  await describePackage(folder, 'core', { '.': 'index' });
  await describePackage(folder, 'http', HTTP_ENTRIES);
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));

  let runs = 0;
  return {
    folder,
    async link(names) {
      for (const name of names) {
        await symlink(await realpath(join(ROOT, 'node_modules', name)), join(folder, 'node_modules', name));
      }
    },
    async compile(text, options = {}) {
      const { compiler = 'typescript', lib = ['es2023'], types = ['node'], skipLibCheck = false } = options;
      const name = `consumer-${(runs += 1)}`;
      const files = [text].flat().map((content, index) => ({ file: `${name}-${index}.ts`, content }));
      const config = {
        compilerOptions: {
          lib,
          types,
          typeRoots: [join(ROOT, 'node_modules/@types')],
          target: 'es2022',
          module: 'nodenext',
          strict: true,
          exactOptionalPropertyTypes: true,
          noUncheckedIndexedAccess: true,
          skipLibCheck,
          noEmit: true,
        },
        files: files.map(({ file }) => file),
      };
      for (const { file, content } of files) await writeFile(join(folder, file), content);
      await writeFile(join(folder, `${name}.json`), JSON.stringify(config));
      return runCompiler(folder, `${name}.json`, compiler);
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function describePackage(
  folder: string,
  name: string,
  entries: Readonly<Record<string, string>>,
): Promise<void> {
  const home = join(folder, 'node_modules/@magic-hour-keys', name);
  await mkdir(home, { recursive: true });
  const exports = Object.fromEntries(
    Object.entries(entries).map(([subpath, file]) => [subpath, { types: `./src/${file}.d.ts` }]),
  );
  const description = { name: `@magic-hour-keys/${name}`, type: 'module', exports };
  await writeFile(join(home, 'package.json'), JSON.stringify(description));
}

function runCompiler(folder: string, config: string, compiler: string): Promise<string> {
  const home = dirname(createRequire(import.meta.url).resolve(`${compiler}/package.json`));
  return new Promise((done) => {
    execFile(process.execPath, [join(home, 'bin/tsc'), '-p', config], { cwd: folder }, (_, stdout) =>
      done(stdout),
    );
  });
}
