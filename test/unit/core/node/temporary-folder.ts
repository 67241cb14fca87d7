import { chmod, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, type TestContext } from 'vitest';

export interface TemporaryFolder {
  path(name: string): string;
  /** Writes a file that nobody has touched for a minute. */
  write(name: string, content: string | Uint8Array, mode?: number): Promise<string>;
}

/** A new empty folder for each test. Anybody may enter it, so that only the mode of a file decides who reads it. */
export function temporaryFolder(): TemporaryFolder {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'magic-hour-keys-'));
    await chmod(folder, 0o755);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  return {
    path: (name) => join(folder, name),
    async write(name, content, mode = 0o600) {
      const path = join(folder, name);
      await writeFile(path, content);
      await chmod(path, mode);
      const past = new Date(Date.now() - 60_000);
      await utimes(path, past, past);
      return path;
    },
  };
}

/** Root may read everything, so root steps aside for the time of the call. */
export async function asOrdinaryUser<T>(context: TestContext, run: () => Promise<T>): Promise<T> {
  if (process.getuid === undefined) context.skip('there are no file modes on this platform');
  if (process.getuid?.() !== 0) return run();
  process.seteuid?.(65_534);
  try {
    return await run();
  } finally {
    process.seteuid?.(0);
  }
}
