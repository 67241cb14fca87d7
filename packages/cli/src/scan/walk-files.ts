import { lstatSync, readdirSync, type Dirent } from 'node:fs';
import { join } from 'node:path';

/** Folders that hold other people's files, or git's own. */
const LEFT_OUT: ReadonlySet<string> = new Set(['.git', 'node_modules', '.hg', '.svn', '.pnpm-store']);

/** Every file below a path, or the path itself. Links are not followed: what they lead to is elsewhere. */
export function* walkFiles(path: string): Generator<string> {
  const stats = lstatSync(path);
  if (stats.isFile()) yield path;
  if (stats.isDirectory()) yield* walkFolder(path);
}

function* walkFolder(folder: string): Generator<string> {
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isFile()) yield path;
    else if (entry.isDirectory() && !LEFT_OUT.has(entry.name)) yield* walkFolder(path);
  }
}

/** None where the folder may not be read: whoever can't read it can't leak from it either. */
function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
