import { resolve } from 'node:path';
import { isKeyError, KeyError } from '@magic-hour-keys/core';
import type { AwsSettings } from '../options.ts';
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
  settings: AwsSettings,
): Promise<string> {
  const isVariable = 'env' in reference;
  const text = isVariable ? readVariable(reference.env, settings) : await readFile(reference.file, settings);
  if (text !== '') return text;
  const name = isVariable ? reference.env : reference.file;
  throw missing(
    settings,
    `Set ${name}, which \`${option}\` names${isVariable ? '' : ', to a file with a value'}.`,
  );
}

function readVariable(name: string, { env = process.env }: AwsSettings): string {
  const value: unknown = Reflect.get(env, name);
  return typeof value === 'string' ? value.trim() : '';
}

async function readFile(name: string, settings: AwsSettings): Promise<string> {
  const { location, cwd = '' } = settings;
  // Loaded here, because few log in by a file.
  const { readSmallFile } = await import('@magic-hour-keys/core/node');
  try {
    const { text } = await readSmallFile(resolve(cwd, name), { where: { source: 'aws', location } });
    return text.trim();
  } catch (error) {
    const isUnreadable = isKeyError(error) && (error.code === 'not_found' || error.code === 'access_denied');
    throw isUnreadable ? missing(settings, error.hint) : error;
  }
}

function missing({ location }: AwsSettings, hint: string | undefined): KeyError {
  return new KeyError({
    code: 'unauthenticated',
    source: 'aws',
    location,
    message: 'a part of the AWS access key is missing',
    hint,
  });
}
