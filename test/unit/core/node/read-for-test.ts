import { open, type FileHandle } from 'node:fs/promises';
import { isKeyError, type KeyError } from '@magic-hour-keys/core';
import { readSmallFile, type ReadSmallFileOptions, type SmallFile } from '@magic-hour-keys/core/node';

/** A wait that would happen is an error, unless a test takes it for its own. */
async function noPause(): Promise<void> {
  throw new Error('the file was read a second time');
}

export function read(path: string, options: ReadSmallFileOptions = {}): Promise<SmallFile> {
  return readSmallFile(path, { where: { source: 'env', location: '.env' }, pause: noPause, ...options });
}

export async function failureOf(path: string, options: ReadSmallFileOptions = {}): Promise<KeyError> {
  const error: unknown = await read(path, options).catch((thrown: unknown) => thrown);
  if (isKeyError(error)) return error;
  throw new Error('no KeyError was thrown');
}

/** Where every open file has its `read`, so that a test can step in between. */
export async function fileHandlePrototype(): Promise<Pick<FileHandle, 'read'>> {
  const handle = await open(import.meta.filename);
  await handle.close();
  const prototype: unknown = Object.getPrototypeOf(handle);
  if (hasRead(prototype)) return prototype;
  throw new Error('file handles have their read elsewhere');
}

function hasRead(prototype: unknown): prototype is Pick<FileHandle, 'read'> {
  return typeof prototype === 'object' && prototype !== null && 'read' in prototype;
}
