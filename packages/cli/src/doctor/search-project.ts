import { readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { withoutKeys } from '../key-shape.ts';
import { createKeyFinder, type KeyFinder } from '../scan/find-keys.ts';
import { git, stagedFiles } from '../scan/git.ts';
import { countLines } from '../scan/read-chunks.ts';
import { walkFiles } from '../scan/walk-files.ts';
import type { KeyInFile, PlaceInFile, ProjectFacts, SearchFacts } from './facts.ts';
import { findMisusedClients } from './find-misused-clients.ts';

export interface SearchOptions {
  readonly project: ProjectFacts;
  /** The key in use, to be found in any encoding. */
  readonly current: string | undefined;
  /** Absolute paths that have checks of their own. */
  readonly leftOut: ReadonlySet<string>;
}

interface Candidate {
  /** From the project's folder. */
  readonly file: string;
  readonly isTracked: boolean;
}

/** So that a look at a large repository takes no longer; `mhk scan` takes its time. */
const LIMIT_MS = 1200;
/** Larger files are pictures and the like. */
const LARGEST = 4 * 1024 * 1024;
const CODE = /\.(?:[cm]?[jt]s|[jt]sx|vue|svelte|astro)$/;

/** Looks through the files that git tracks or would track, and what is staged; without git, through all of them. */
export function searchProject({ project, current, leftOut }: SearchOptions): SearchFacts {
  const endMs = performance.now() + LIMIT_MS;
  const find = createKeyFinder(current);
  const keys = new Map<string, KeyInFile>();
  const clients: PlaceInFile[] = [];
  let isComplete = true;
  const note = (found: KeyInFile): unknown => keys.set(JSON.stringify([found.file, found.line]), found);
  for (const { file, isTracked } of candidates(project)) {
    if (performance.now() > endMs) {
      isComplete = false;
      break;
    }
    const path = join(project.folder, file);
    const bytes = leftOut.has(path) ? undefined : readWhole(path);
    if (!bytes) continue;
    const shown = withoutKeys(file);
    for (const place of keysIn(bytes, find)) note({ ...place, file: shown, isTracked });
    if (CODE.test(file)) {
      for (const line of findMisusedClients(bytes)) clients.push({ file: shown, line });
    }
  }
  for (const { file, bytes } of staged(project, endMs)) {
    for (const place of keysIn(bytes, find)) note({ ...place, file: withoutKeys(file), isTracked: true });
  }
  return { keys: [...keys.values()], clients, isComplete };
}

function* candidates({ folder, isInGit }: ProjectFacts): Generator<Candidate> {
  const listed = isInGit
    ? git(['ls-files', '--cached', '--others', '--exclude-standard', '-t', '-z'], folder)
    : undefined;
  if (listed) {
    for (const entry of listed.toString().split('\0').filter(Boolean)) {
      yield { file: entry.slice(2), isTracked: !entry.startsWith('?') };
    }
    return;
  }
  for (const path of walkFiles(folder)) yield { file: relative(folder, path), isTracked: false };
}

/** As it is in the index, where that differs from the file. */
function* staged(
  { folder, isInGit }: ProjectFacts,
  endMs: number,
): Generator<{ file: string; bytes: Buffer }> {
  if (!isInGit) return;
  for (const { path, bytes } of stagedFiles(folder)) {
    if (performance.now() > endMs) return;
    yield { file: path, bytes };
  }
}

function keysIn(bytes: Buffer, find: KeyFinder): readonly { line: number; last4: string }[] {
  return find(bytes).map(({ at, last4 }) => ({ line: 1 + countLines(bytes, at), last4 }));
}

function readWhole(path: string): Buffer | undefined {
  try {
    const stats = statSync(path);
    return stats.isFile() && stats.size <= LARGEST ? readFileSync(path) : undefined;
  } catch {
    return undefined;
  }
}
