import { homedir } from 'node:os';
import { resolve } from 'node:path';
import type { KeyPlace } from '../author/key-place.ts';
import { isKeyError, KeyError } from '../index.ts';
import { readSmallFile } from './read-small-file.ts';

export interface TextFileOptions {
  /** Whose file it is, for the error. */
  readonly where: KeyPlace;
  /** Relative paths start here. Default: the working directory. */
  readonly cwd?: string | undefined;
  /** An abort rejects with the signal's own reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The text of a file that a setting names, without blanks around it. A path below `~/` starts at the user's home.
 *
 * @throws KeyError, as `readSmallFile` does.
 */
export async function readTextFile(name: string, options: TextFileOptions): Promise<string> {
  const { where, cwd = '', signal } = options;
  const path = name.startsWith('~/') ? resolve(homedir(), name.slice(2)) : resolve(cwd, name);
  const { text } = await readSmallFile(path, { signal, where });
  return text.trim();
}

/** There is no such file, or this user may not read it. Whatever else is wrong lies in the file itself. */
export function isUnreadable(error: unknown): error is KeyError {
  return isKeyError(error) && (error.code === 'not_found' || error.code === 'access_denied');
}

/**
 * Certificates in PEM, for `TlsSettings`.
 *
 * @param setting what names the file, such as "the option `caFile`", for the hint.
 * @throws KeyError `invalid_config` where no certificate can be read there.
 */
export async function readCaFile(name: string, setting: string, options: TextFileOptions): Promise<string> {
  const fail = (message: string, hint: string): KeyError =>
    new KeyError({ code: 'invalid_config', ...options.where, message, hint });
  let text: string;
  try {
    text = await readTextFile(name, options);
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    throw fail('the CA file could not be read', `${error.hint} Correct ${setting}.`);
  }
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  throw fail('the CA file holds no certificate in PEM', `Correct ${setting}.`);
}
