import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');
const COMPILERS = ['typescript', 'typescript-5-4'];

const WITHOUT_SDK = `
import type { KeyProvider } from '@magic-hour-keys/core';
import { bindMagicHour, createMagicHourClient, type MagicHourClass } from '@magic-hour-keys/http/magic-hour';

declare const provider: KeyProvider;
class Client { constructor(readonly options?: { readonly speed?: number }) {} }

export const Known: MagicHourClass<Client, { readonly speed?: number }> = Client;
export const speed: number | undefined = createMagicHourClient(provider, Known, { speed: 1, replay: 'never' }).options?.speed;
export const unbind: () => void = bindMagicHour(provider, new Client(), { onEvent: undefined });
// @ts-expect-error a text is no client
bindMagicHour(provider, 'client');
`;

/** What an ES module writes; the SDK is CommonJS. */
const WITH_SDK = `
import Client from 'magic-hour';
import type { KeyProvider } from '@magic-hour-keys/core';
import { bindMagicHour, createMagicHourClient } from '@magic-hour-keys/http/magic-hour';

declare const provider: KeyProvider;
const client = createMagicHourClient(provider, Client, { timeout: 60_000, onEvent: (event) => event.type });
export const made: InstanceType<typeof Client.default> = client;
export const same: InstanceType<typeof Client.default> = createMagicHourClient(provider, Client.default);
export const status: Promise<string> = client.v1.imageProjects.get({ id: 'x' }).then((project) => project.status);
export const unbind: () => void = bindMagicHour(provider, new Client.default({ baseUrl: 'https://api.magichour.ai' }));
// @ts-expect-error the key comes from the provider
createMagicHourClient(provider, Client, { token: 'x' });
// @ts-expect-error the SDK knows no such option
createMagicHourClient(provider, Client, { apiKey: 'x' });
// @ts-expect-error the SDK takes a number
createMagicHourClient(provider, Client, { timeout: '1m' });
`;

let folder = '';

function compile(compiler: string, config: string): Promise<string> {
  const home = dirname(createRequire(import.meta.url).resolve(`${compiler}/package.json`));
  return new Promise((done) => {
    execFile(process.execPath, [join(home, 'bin/tsc'), '-p', config], { cwd: folder }, (_, stdout) =>
      done(stdout),
    );
  });
}

async function write(path: string, content: unknown): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content));
}

/** The declarations as they are published, in the place where an installed package has them. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'magic-hour-types-'));
  await write('package.json', { type: 'module' });
  await write('tsconfig.emit.json', {
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
    files: [join(root, 'packages/http/src/magic-hour/index.ts')],
  });
  const problems = await compile('typescript', 'tsconfig.emit.json');
  if (problems) throw new Error(problems);
  const exports = {
    core: { '.': './src/index.d.ts' },
    http: { './magic-hour': './src/magic-hour/index.d.ts' },
  };
  for (const [name, entries] of Object.entries(exports)) {
    const description = { name: `@magic-hour-keys/${name}`, type: 'module', exports: entries };
    await write(`node_modules/@magic-hour-keys/${name}/package.json`, description);
  }
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(COMPILERS)('the types compile with %s for a strict consumer', (compiler) => {
  async function compileConsumer(text: string, skipLibCheck: boolean): Promise<string> {
    await write('consumer.ts', text);
    await write('tsconfig.json', {
      compilerOptions: {
        target: 'es2022',
        lib: ['es2023'],
        types: ['node'],
        typeRoots: [join(root, 'node_modules/@types')],
        module: 'nodenext',
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        skipLibCheck,
        noEmit: true,
      },
      files: ['consumer.ts'],
    });
    return compile(compiler, 'tsconfig.json');
  }

  it('without the SDK, our declarations included', async () => {
    await expect(compileConsumer(WITHOUT_SDK, false)).resolves.toBe('');
  });

  it('with the SDK', async () => {
    const link = join(folder, 'node_modules/magic-hour');
    await symlink(join(root, 'node_modules/magic-hour'), link, 'junction');
    // The SDK's own declarations need types that it does not depend on.
    const problems = await compileConsumer(WITH_SDK, true);
    await rm(link);
    expect(problems).toBe('');
  });
});
