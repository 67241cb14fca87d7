import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { createProblem } from '../cli-problem.ts';
import { EXIT } from '../exit-codes.ts';
import type { CliIo } from '../io.ts';
import { git } from './git.ts';

/** Not by npx, which asks the registry for what is not installed, and waits for it where there is no network. */
const HOOK = `#!/bin/sh
# Refuses a commit with a Magic Hour API key in it. Written by: mhk scan --install-hook
PATH="$(git rev-parse --show-toplevel)/node_modules/.bin:$PATH" exec mhk scan --staged
`;

/**
 * Writes the hook that runs before each commit. One that is there already is left as it is.
 *
 * @returns its path
 * @throws CliProblem where there is no repository, or a hook already
 */
export function installHook({ cwd }: CliIo): string {
  const found = git(['rev-parse', '--git-path', 'hooks/pre-commit'], cwd)?.toString().trim();
  if (found === undefined || found === '') {
    throw createProblem('no_input', EXIT.noInput, 'this is no git repository');
  }
  const path = resolve(cwd, found);
  if (existsSync(path)) {
    const hint = 'Add this line to it: node_modules/.bin/mhk scan --staged';
    throw createProblem('usage', EXIT.usage, 'there is a pre-commit hook already', hint);
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, HOOK);
  chmodSync(path, 0o755);
  return path;
}
