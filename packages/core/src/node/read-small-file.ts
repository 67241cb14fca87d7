import type { BigIntStats } from 'node:fs';
import { constants, open, realpath, type FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { KeyPlace } from '../author/key-place.ts';
import { KeyError, systemRuntime, type KeyFailure } from '../index.ts';
import { decodeText } from './decode-text.ts';
import { fileError, notRegular } from './file-error.ts';
import { pauseFor } from './pause-for.ts';

export interface ReadSmallFileOptions {
  /** Whose file it is, for the error. */
  readonly where?: KeyPlace | undefined;
  /** The largest file that is read, in bytes. Default 65,536: stores cap a secret there too. */
  readonly maxBytes?: number | undefined;
  /** An abort rejects with the signal's own reason, between two steps. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds since 1970; for tests. */
  readonly wallMs?: (() => number) | undefined;
  /** Waits before a file that is being written is read again; for tests. */
  readonly pause?: ((ms: number, signal: AbortSignal | undefined) => Promise<void>) | undefined;
}

export interface SmallFile {
  /** Without a byte order mark; line endings as they were. */
  readonly text: string;
  /** Any user of this machine may read it (mode o+r). False on Windows, where the mode does not tell. */
  readonly readableByOthers: boolean;
  /** The permission bits, such as `0o600`. */
  readonly mode: number;
  /** The user id of the owner; 0 on Windows. */
  readonly ownerId: number;
}

interface Snapshot {
  readonly bytes: Buffer;
  readonly stats: BigIntStats;
}

const MAX_BYTES = 65_536;
/** A file younger than this may be half-written: a writer truncates first, then writes. */
const YOUNG_MS = 100;
const PAUSE_MS = 50;
const MOST_READS = 5;
/** Without O_NONBLOCK, opening a FIFO waits for its writer, perhaps for ever. Windows has no such flag. */
const OPEN_FLAGS = constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0);
const OTHERS_READ = 0o004;

/**
 * Reads a small text file that may hold a secret. Everything is judged on the one descriptor that is read, so that
 * the file can't be swapped between check and use. Symbolic links are followed: Kubernetes mounts secrets by them.
 * A file that changes while it is read, or was changed a moment ago, is read again until two reads agree.
 *
 * @throws KeyError `not_found` (no such file), `access_denied`, `invalid_config` (not a regular file, under /proc or
 * /dev, too large, not UTF-8), `unavailable` (still being written, too many open files, the disk failed).
 */
export async function readSmallFile(path: string, options: ReadSmallFileOptions = {}): Promise<SmallFile> {
  const { where = {}, signal, wallMs = systemWallMs, pause = pauseFor } = options;
  try {
    let previous: Snapshot | undefined;
    for (let reads = 0; reads < MOST_READS; reads++) {
      // Each read waits for the one before it, because it is compared with it.
      // oxlint-disable no-await-in-loop
      if (reads > 0) await pause(PAUSE_MS, signal);
      const snapshot = await readOnce(path, options.maxBytes ?? MAX_BYTES, where, signal);
      // oxlint-enable no-await-in-loop
      if (snapshot && (isSettled(snapshot, wallMs()) || isSame(snapshot, previous))) {
        return describeFile(snapshot, path, where);
      }
      previous = snapshot;
    }
  } catch (raw) {
    throw fileError(raw, path, where);
  }
  throw refuse(where, {
    code: 'unavailable',
    message: `${path} is being written`,
    hint: `Let the writer of ${path} write a new file and rename it into place.`,
  });
}

function systemWallMs(): number {
  return systemRuntime().wallMs();
}

/** Undefined when the file changed while it was read. */
async function readOnce(
  path: string,
  maxBytes: number,
  where: KeyPlace,
  signal: AbortSignal | undefined,
): Promise<Snapshot | undefined> {
  signal?.throwIfAborted();
  // Before it is opened, because opening a device can do something; and on the real path, because of links.
  if (isSystemPath(resolve(path)) || isSystemPath(await realpath(path))) {
    throw refuse(where, notRegular(path, 'under /proc or /dev'));
  }
  signal?.throwIfAborted();
  const file = await open(path, OPEN_FLAGS);
  try {
    const before = await file.stat({ bigint: true });
    if (!before.isFile()) throw refuse(where, notRegular(path, kindOf(before)));
    if (before.size > maxBytes) throw refuse(where, tooLarge(path, before.size, maxBytes));
    signal?.throwIfAborted();
    const bytes = await readBytes(file, Number(before.size));
    const after = await file.stat({ bigint: true });
    signal?.throwIfAborted();
    const steady = before.mtimeNs === after.mtimeNs && after.size === BigInt(bytes.length);
    return steady ? { bytes, stats: after } : undefined;
  } finally {
    await file.close();
  }
}

async function readBytes(file: FileHandle, size: number): Promise<Buffer> {
  // One byte more than it should have, so that growth is seen.
  const buffer = Buffer.alloc(size + 1);
  let length = 0;
  while (length < buffer.length) {
    // oxlint-disable-next-line no-await-in-loop
    const { bytesRead } = await file.read(buffer, length, buffer.length - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}

/** A time in the future counts as young: the clock of a network disk may be ahead of ours. */
function isSettled({ stats }: Snapshot, nowMs: number): boolean {
  return nowMs - Number(stats.mtimeMs) >= YOUNG_MS;
}

function isSame({ bytes, stats }: Snapshot, previous: Snapshot | undefined): boolean {
  return (
    previous !== undefined &&
    stats.ino === previous.stats.ino &&
    stats.mtimeNs === previous.stats.mtimeNs &&
    bytes.equals(previous.bytes)
  );
}

function describeFile({ bytes, stats }: Snapshot, path: string, where: KeyPlace): SmallFile {
  const mode = Number(stats.mode) & 0o777;
  return {
    text: decodeText(bytes, path, where),
    readableByOthers: process.platform !== 'win32' && (mode & OTHERS_READ) !== 0,
    mode,
    ownerId: Number(stats.uid),
  };
}

function isSystemPath(path: string): boolean {
  return /^\/(proc|dev)(\/|$)/.test(path);
}

function kindOf(stats: BigIntStats): string {
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a named pipe';
  return 'not a regular file';
}

function tooLarge(path: string, size: bigint, maxBytes: number): KeyFailure & { message: string } {
  return {
    code: 'invalid_config',
    message: `${path} has ${size} bytes; at most ${maxBytes} are read`,
    hint: 'Check that the path names the file with the key.',
  };
}

function refuse(where: KeyPlace, problem: KeyFailure & { message: string }): KeyError {
  return new KeyError({ source: where.source, location: where.location, ...problem });
}
