import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  type Stats,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { createProblem } from '../cli-problem.ts';
import { EXIT } from '../exit-codes.ts';

export interface WriteOptions {
  /** What it held when it was read; undefined where it was not there. Whatever else it holds is somebody's work. */
  readonly before: string | undefined;
  /** Looks at the new file before it takes the place of the old one, and throws where it will not do. */
  readonly judge?: ((path: string) => void) | undefined;
}

/**
 * Puts the text there all at once: a program that reads the file meanwhile finds the old one or the new one, and so
 * does whoever comes after a crash. Mode and owner stay. A link stays too, and what it leads to is written.
 *
 * @throws CliProblem where it can't be written, or was changed meanwhile
 */
export function replaceFile(path: string, text: string, { before, judge }: WriteOptions): void {
  try {
    const target = targetOf(path);
    const beside = join(dirname(target), `.${randomBytes(6).toString('hex')}.mhk`);
    try {
      writeNew(beside, text, statSync(target, { throwIfNoEntry: false }));
      judge?.(beside);
      if (textOf(target) !== before) throw changed();
      renameSync(beside, target);
    } finally {
      rmSync(beside, { force: true });
    }
  } catch (error) {
    throw isOfSystem(error) ? notWritable(error) : error;
  }
}

function targetOf(path: string): string {
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  return isLink ? realpathSync(path) : path;
}

function writeNew(path: string, text: string, like: Stats | undefined): void {
  // `wx`: never into a file, or along a link, that somebody else has put there.
  const descriptor = openSync(path, 'wx', 0o666);
  try {
    if (like) keepOwner(descriptor, like);
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Only the system's administrator may give a file away, and for the others it is theirs already. */
function keepOwner(descriptor: number, { mode, uid, gid }: Stats): void {
  try {
    fchownSync(descriptor, uid, gid);
  } catch {
    // It is ours now; what it holds is the same.
  }
  fchmodSync(descriptor, mode & 0o7777);
}

function textOf(path: string): string | undefined {
  return statSync(path, { throwIfNoEntry: false }) ? readFileSync(path, 'utf8') : undefined;
}

function isOfSystem(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}

function changed(): Error {
  const hint = 'Run the command again.';
  return createProblem('usage', EXIT.tryAgain, 'somebody else has changed the file meanwhile', hint);
}

function notWritable({ code }: NodeJS.ErrnoException): Error {
  const isDenied = code === 'EACCES' || code === 'EPERM' || code === 'EROFS';
  return createProblem(
    'usage',
    isDenied ? EXIT.permission : EXIT.config,
    isDenied ? 'the file can not be written by this user' : 'the file can not be written',
    isDenied
      ? 'Check who may write the file and its folder.'
      : 'Check that its folder exists, and that a link leads to a file.',
  );
}
