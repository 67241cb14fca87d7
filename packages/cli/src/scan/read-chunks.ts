import { closeSync, openSync, readSync } from 'node:fs';

/** A part of a file, and what came before it. */
export interface Chunk {
  readonly bytes: Buffer;
  /** The place of its first byte in the file. */
  readonly from: number;
  /** How many lines end before it. */
  readonly lines: number;
}

const CHUNK_BYTES = 8 * 1024 * 1024;
/** Longer than any key in any encoding, so that one on the border is whole in one of the two. */
const OVERLAP_BYTES = 4096;
const LINE_FEED = 10;

/** The file in parts of which each begins a little before the end of the one before. None where it can't be read. */
export function* readChunks(path: string, buffer: Buffer): Generator<Chunk> {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return;
  }
  try {
    let from = 0;
    let lines = 0;
    for (;;) {
      const length = readSync(file, buffer, 0, CHUNK_BYTES, from);
      if (length === 0) return;
      yield { bytes: buffer.subarray(0, length), from, lines };
      if (length < CHUNK_BYTES) return;
      lines += countLines(buffer, CHUNK_BYTES - OVERLAP_BYTES);
      from += CHUNK_BYTES - OVERLAP_BYTES;
    }
  } catch {
    // A file that can't be read to its end was searched as far as it could be.
  } finally {
    closeSync(file);
  }
}

export function createBuffer(): Buffer {
  return Buffer.allocUnsafeSlow(CHUNK_BYTES);
}

export function countLines(bytes: Buffer, end: number): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_FEED); at >= 0 && at < end; at = bytes.indexOf(LINE_FEED, at + 1))
    count += 1;
  return count;
}
