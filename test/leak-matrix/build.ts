import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build as bundle } from 'vite';

const here = import.meta.dirname;
const child = fileURLToPath(new URL('./crash-child.ts', import.meta.url));
/** Inside node_modules, so that it is never committed and finds the clients of the control group by name. */
const outDir = join(here, '../../node_modules/.cache/leak-matrix');

export const builtChild: string = join(outDir, 'crash-child.mjs');

/**
 * The child processes run under Node alone, which knows no TypeScript. They get a bundle of the same sources that the
 * tests import, rather than each package's `dist`, which may be older than its source.
 */
export default async function build(): Promise<void> {
  await bundle({
    configFile: false,
    root: here,
    logLevel: 'warn',
    resolve: { conditions: ['@magic-hour-keys/source', 'module', 'node'] },
    ssr: {
      noExternal: true,
      external: [
        'axios',
        'got',
        'node-vault',
        '@aws-sdk/client-secrets-manager',
        '@aws-sdk/credential-providers',
        '@google-cloud/secret-manager',
      ],
      resolve: { conditions: ['@magic-hour-keys/source', 'module', 'node'] },
    },
    build: {
      ssr: child,
      target: 'node20',
      minify: false,
      outDir,
      emptyOutDir: true,
      rolldownOptions: { output: { entryFileNames: 'crash-child.mjs', chunkFileNames: '[name]-[hash].mjs' } },
    },
  });
}
