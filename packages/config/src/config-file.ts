import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { KeyWarning } from '@magic-hour-keys/core';
import { looksLikeKey } from './show-name.ts';

const CONFIG_FILE_NAME = 'magic-hour-keys.json';
export const CONFIG_FILE_VARIABLE = 'MAGIC_HOUR_KEYS_CONFIG';

const MAX_BYTES = 262_144;
/** Without O_NONBLOCK, opening a FIFO waits for its writer, perhaps for ever. Windows has no such flag. */
const OPEN_FLAGS = constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0);
const OTHERS_WRITE = 0o002;

/** What stands in for a text that could not be had. */
export interface FileProblem {
  readonly problem: string;
}

export interface ConfigText {
  readonly text: string;
  readonly warnings: readonly KeyWarning[];
}

/**
 * The absolute path of the configuration: the one that is named, else the first `magic-hour-keys.json` in the folder
 * and those above it, up to the nearest one with a `package.json`. Undefined where nothing is named or found.
 */
export function findConfigFile(
  cwd: string,
  named: { readonly file?: string | URL | undefined; readonly variable?: string | undefined },
): string | FileProblem | undefined {
  if (named.file !== undefined) return resolveNamed(cwd, named.file, 'the option `file`');
  const path = named.variable?.trim();
  if (path) return resolveNamed(cwd, path, CONFIG_FILE_VARIABLE);
  return foldersOfProject(cwd)
    .map((folder) => join(folder, CONFIG_FILE_NAME))
    .find(isThere);
}

function resolveNamed(cwd: string, file: unknown, by: string): string | FileProblem {
  if (looksLikeKey(String(file))) {
    return { problem: `${by} holds what looks like an API key, where the path of a file belongs` };
  }
  if (typeof file === 'string' && file !== '') return resolve(cwd, file);
  return pathOfUrl(file) ?? { problem: `${by} must be a path, or a file: URL` };
}

function pathOfUrl(url: unknown): string | undefined {
  try {
    return url instanceof URL ? fileURLToPath(url) : undefined;
  } catch {
    return undefined;
  }
}

/** Also true for a link that leads nowhere, and where we may not look: reading it then says what is wrong. */
function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return true;
  }
}

/** The folder and those above it, up to the nearest `package.json`; where there is none, the folder alone. */
function foldersOfProject(cwd: string): readonly string[] {
  const folders: string[] = [];
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    folders.push(folder);
    if (isThere(join(folder, 'package.json'))) return folders;
    // A file in a folder above that belongs to somebody else, such as /tmp, must not decide where a key comes from.
    if (dirname(folder) === folder) return folders.slice(0, 1);
  }
}

/** Everything is judged on the one descriptor that is read. Nothing of the system's own error text is passed on. */
export function readConfigFile(path: string): ConfigText | FileProblem {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, OPEN_FLAGS);
    return readDescriptor(descriptor, path);
  } catch (error) {
    return { problem: describeFailure(error) };
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function readDescriptor(descriptor: number, path: string): ConfigText | FileProblem {
  const stats = fstatSync(descriptor);
  if (!stats.isFile()) return { problem: 'the file must be a regular file' };
  const bytes = readBytes(descriptor);
  if (bytes.length > MAX_BYTES) return { problem: `the file must have at most ${MAX_BYTES} bytes` };
  const text = decode(bytes);
  if (text === undefined) return { problem: 'the file must be UTF-8 text' };
  const isOpen = process.platform !== 'win32' && (stats.mode & OTHERS_WRITE) !== 0;
  return { text, warnings: isOpen ? [writableByOthers(path)] : [] };
}

/** One byte more than is allowed, so that a file which grows meanwhile is noticed too. */
function readBytes(descriptor: number): Uint8Array {
  const buffer = new Uint8Array(MAX_BYTES + 1);
  let length = 0;
  while (length < buffer.length) {
    const count = readSync(descriptor, buffer, length, buffer.length - length, null);
    if (count === 0) break;
    length += count;
  }
  return buffer.subarray(0, length);
}

/** Without its byte order mark. */
function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Whoever can write it can send the application to a store of their own. */
function writableByOthers(path: string): KeyWarning {
  return {
    code: 'config_writable_by_others',
    message: `${path} can be changed by every user of this machine. Run: chmod o-w ${path}`,
  };
}

function describeFailure(error: unknown): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'the file does not exist';
    case 'EACCES':
    case 'EPERM':
      return 'the file can not be read by this user';
    case 'EISDIR':
      return 'the file must be a regular file';
    default:
      return 'the file can not be read';
  }
}
