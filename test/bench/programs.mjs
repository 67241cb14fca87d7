import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installPackages } from './installed-packages.mjs';
import { MARK } from './process-rounds.mjs';

/** A line for programs that make `headers`: none of them may be fast because it has no key. */
export const CHECK_HEADER = `if (headers.authorization.length < 39) throw new Error('no header');`;

/** A program that tells after its last line what it has taken. */
export function writeProgram(folder, name, lines) {
  const path = join(folder, `${name}.mjs`);
  writeFileSync(path, [...lines, MARK].join('\n'));
  return { path, folder };
}

/** Runs something with a folder that has our packages installed for each of these builds. */
export async function withInstalled(builds, run) {
  const root = mkdtempSync(join(tmpdir(), 'magic-hour-keys-bench-'));
  try {
    return await run(
      builds.map((build) => {
        const folder = join(root, build);
        mkdirSync(folder);
        return { build, folder: installPackages(folder, build) };
      }),
    );
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
