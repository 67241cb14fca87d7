import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { isKeyError, KeyError } from '@magic-hour-keys/core';
import type { VaultSettings } from '../options.ts';
import type { SecretReference } from './auth-options.ts';

/**
 * The text that a reference stands for, read anew, without blanks around it.
 *
 * @throws KeyError `unauthenticated` where it is not set or can't be read: never `not_found`, which would send a chain
 * to its next link. Other codes of `readSmallFile` pass.
 */
export async function readReference(
  option: string,
  reference: SecretReference,
  settings: VaultSettings,
  signal: AbortSignal | undefined,
): Promise<string> {
  const isVariable = 'env' in reference;
  const text = isVariable
    ? settings.variable(reference.env)
    : await readSecretFile(reference.file, settings, signal);
  if (text !== undefined && text !== '') return text;
  const name = isVariable ? reference.env : reference.file;
  throw missing(
    settings,
    `Set ${name}, which \`${option}\` names${isVariable ? '' : ', to a file with a value'}.`,
  );
}

/** @throws KeyError, as `readReference` does. */
export async function readSecretFile(
  name: string,
  settings: VaultSettings,
  signal: AbortSignal | undefined,
): Promise<string> {
  try {
    return await readTextFile(name, settings, signal);
  } catch (error) {
    throw isUnreadable(error) ? missing(settings, error.hint) : error;
  }
}

/** From the folder that relative paths start from, or below `~/`. @throws KeyError, as `readSmallFile` does. */
export async function readTextFile(
  name: string,
  { location, cwd = '' }: VaultSettings,
  signal: AbortSignal | undefined,
): Promise<string> {
  const { readSmallFile } = await import('@magic-hour-keys/core/node');
  const path = name.startsWith('~/') ? resolve(homedir(), name.slice(2)) : resolve(cwd, name);
  const { text } = await readSmallFile(path, { signal, where: { source: 'vault', location } });
  return text.trim();
}

export function isUnreadable(error: unknown): error is KeyError {
  return isKeyError(error) && (error.code === 'not_found' || error.code === 'access_denied');
}

export function missing({ location }: VaultSettings, hint: string | undefined): KeyError {
  return new KeyError({
    code: 'unauthenticated',
    source: 'vault',
    location,
    message: 'what to log in to Vault with is missing',
    hint,
  });
}
