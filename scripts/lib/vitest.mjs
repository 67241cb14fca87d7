import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The program, to be run by the Node that is meant; the one of `npx` would run by whichever comes first in the path. */
export const VITEST = join(
  dirname(createRequire(import.meta.url).resolve('vitest/package.json')),
  'vitest.mjs',
);
