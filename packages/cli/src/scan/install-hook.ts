import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { EXIT } from '../exit-codes.ts';
import { say, type CliIo } from '../io.ts';
import { git } from './git.ts';

/** Not by npx, which asks the registry for what is not installed, and waits for it where there is no network. */
const HOOK = `#!/bin/sh
# Refuses a commit with a Magic Hour API key in it. Written by: mhk scan --install-hook
PATH="$(git rev-parse --show-toplevel)/node_modules/.bin:$PATH" exec mhk scan --staged
`;

/** Writes the hook that runs before each commit. One that is there already is left as it is. */
export function installHook(io: CliIo): number {
  const found = git(['rev-parse', '--git-path', 'hooks/pre-commit'], io.cwd)?.toString().trim();
  if (found === undefined || found === '') {
    say(io, 'this is no git repository');
    return EXIT.noInput;
  }
  const path = resolve(io.cwd, found);
  if (existsSync(path)) {
    say(io, 'there is a pre-commit hook already. Add this line to it: node_modules/.bin/mhk scan --staged');
    return EXIT.usage;
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, HOOK);
  chmodSync(path, 0o755);
  io.stdout.write('wrote the pre-commit hook\n');
  return EXIT.ok;
}
