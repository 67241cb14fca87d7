import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { EXIT } from '../exit-codes.ts';
import { say, type CliIo } from '../io.ts';
import { git } from './git.ts';

const HOOK = `#!/bin/sh
# Refuses a commit with a Magic Hour API key in it. Written by: mhk scan --install-hook
exec npx --no-install mhk scan --staged
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
    say(io, 'there is a pre-commit hook already. Add this line to it: npx --no-install mhk scan --staged');
    return EXIT.usage;
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, HOOK);
  chmodSync(path, 0o755);
  io.stdout.write('wrote the pre-commit hook\n');
  return EXIT.ok;
}
