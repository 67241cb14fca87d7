import { homedir } from 'node:os';
import { resolve } from 'node:path';
import type { KeyErrorCode } from '@magic-hour-keys/core';
import { readSmallFile } from '@magic-hour-keys/core/node';
import type { KubernetesSettings } from '../options.ts';
import { isUnreadable, loginError } from './login-error.ts';

export interface LoginFile {
  /** From the folder that relative paths start from, or below `~/`. */
  readonly path: string;
  /** What it is, such as `"the token of the service account"`. */
  readonly what: string;
  /** What it means that it can't be read: never that the Secret is missing, which would send a chain on. */
  readonly code: KeyErrorCode;
}

/** Kubeconfigs with certificates of many clusters grow large. */
const MAX_BYTES = 1_048_576;

export function resolvePath(path: string, { cwd = '' }: KubernetesSettings): string {
  return path.startsWith('~/') ? resolve(homedir(), path.slice(2)) : resolve(cwd, path);
}

/** @throws KeyError with `code` where it is not there or must not be read; other codes of `readSmallFile` pass. */
export async function readLoginFile(
  { path, what, code }: LoginFile,
  settings: KubernetesSettings,
  signal: AbortSignal,
): Promise<string> {
  const where = { source: 'kubernetes', location: settings.location };
  try {
    const { text } = await readSmallFile(resolvePath(path, settings), { signal, where, maxBytes: MAX_BYTES });
    return text.trim();
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    throw loginError(settings, code, `${what} could not be read`, error.hint);
  }
}
