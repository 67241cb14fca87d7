import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');

/** What somebody writes who uses the package. Every line is an assertion for the compiler. */
const CONSUMER = `
import { createApiKey, type KeyProvider } from '@magic-hour-keys/core';
import { authHeaders, createFetch, probeKey, withKey, type HttpEvent } from '@magic-hour-keys/http';

declare const provider: KeyProvider;
const log = (event: HttpEvent): string => (event.type === 'foreign-origin' ? event.origin : event.outcome);

export const keyed: typeof fetch = createFetch(provider);
export const careful = createFetch(provider, { fetch: undefined, onEvent: log, foreignOrigin: 'error', replay: () => true });
export const status: Promise<number> = careful('https://api.magichour.ai/', { method: 'POST' }).then((r: Response) => r.status);

export const logged: typeof fetch = createFetch(provider, { fetch: (input, init) => fetch(input, init) });
export const loggedStatus: Promise<Response> = createFetch(provider, { fetch: (input) => fetch(input) })('https://x.test/');

class OtherResponse { readonly raw = 1; }
const other = async (url: string, init?: { readonly speed: number }): Promise<OtherResponse> => new OtherResponse();
export const raw: Promise<OtherResponse> = createFetch(provider, { fetch: other })('https://x.test/', { speed: 1 });
// @ts-expect-error the arguments are those of the wrapped fetch
createFetch(provider, { fetch: other })('https://x.test/', { method: 'POST' });
// @ts-expect-error a misspelt option
createFetch(provider, { allowedOrigin: [] });

export const header: Promise<string> = authHeaders(provider, new URL('https://api.magichour.ai/'), { signal: undefined }).then(
  (headers) => headers.Authorization,
);
export const sum: Promise<number> = withKey(provider, async ({ headersFor, attempt }) => headersFor('x').Authorization.length + attempt);
export const verdict: Promise<'good' | 'unpaid' | 'bad' | 'inconclusive'> = probeKey(createApiKey('x', { source: 'x' })).then((r) => r.verdict);
`;

let folder = '';

function compile(config: string): Promise<string> {
  return new Promise((done) => {
    execFile(process.execPath, [tsc, '-p', config], { cwd: folder }, (_, stdout) => done(stdout));
  });
}

/** The declarations as they are published, in the place where an installed package has them. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'magic-hour-keys-types-'));
  const emit = {
    extends: join(root, 'tsconfig.base.json'),
    compilerOptions: {
      composite: false,
      declarationMap: false,
      emitDeclarationOnly: true,
      rootDir: join(root, 'packages'),
      outDir: join(folder, 'node_modules/@magic-hour-keys'),
      typeRoots: [join(root, 'node_modules/@types')],
      // Through node_modules it would count as somebody else's, and not be emitted.
      paths: { '@magic-hour-keys/core': [join(root, 'packages/core/src/index.ts')] },
    },
    files: [join(root, 'packages/http/src/index.ts')],
  };
  await writeFile(join(folder, 'tsconfig.emit.json'), JSON.stringify(emit));
  const problems = await compile('tsconfig.emit.json');
  if (problems) throw new Error(problems);
  for (const name of ['core', 'http']) {
    const home = join(folder, 'node_modules/@magic-hour-keys', name);
    await mkdir(home, { recursive: true });
    const description = {
      name: `@magic-hour-keys/${name}`,
      type: 'module',
      exports: { types: './src/index.d.ts' },
    };
    await writeFile(join(home, 'package.json'), JSON.stringify(description));
  }
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  await writeFile(join(folder, 'consumer.ts'), CONSUMER);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the types compile for a strict consumer, declarations included', () => {
  it.each([
    ['with the types of Node and without DOM', ['es2023'], ['node']],
    ['with DOM and without the types of Node', ['es2023', 'dom'], []],
    ['with both', ['es2023', 'dom', 'dom.iterable'], ['node']],
  ])('%s', async (_, lib, types) => {
    const options = {
      compilerOptions: {
        lib,
        types,
        typeRoots: [join(root, 'node_modules/@types')],
        target: 'es2022',
        module: 'nodenext',
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        skipLibCheck: false,
        noEmit: true,
      },
      files: ['consumer.ts'],
    };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(options));
    await expect(compile('tsconfig.json')).resolves.toBe('');
  });
});
