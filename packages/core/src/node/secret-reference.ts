import { KeyError } from '../index.ts';
import { isUnreadable, readTextFile, type TextFileOptions } from './text-file.ts';

/** Where a secret is: in a variable, or in a file that is read anew each time. Never the secret itself. */
export type SecretReference = { readonly env: string } | { readonly file: string };

export interface SecretFileOptions extends TextFileOptions {
  /** What an error says, such as `"a part of the AWS access key is missing"`. */
  readonly missing: string;
}

export interface SecretReferenceOptions extends SecretFileOptions {
  /** The option that holds the reference, such as `"auth.token"`, for the hint. */
  readonly option: string;
  /** Stands for `process.env`. */
  readonly env?: object | undefined;
}

/**
 * The text that a reference stands for, read anew, without blanks around it.
 *
 * @throws KeyError `unauthenticated` where it is not set or can't be read: never `not_found`, which would send a chain
 * to its next link. Other codes of `readSmallFile` pass.
 */
export async function readSecretReference(
  reference: SecretReference,
  options: SecretReferenceOptions,
): Promise<string> {
  const isVariable = 'env' in reference;
  const text = isVariable
    ? readVariable(reference.env, options.env ?? process.env)
    : await readSecretFile(reference.file, options);
  if (text !== '') return text;
  const name = isVariable ? reference.env : reference.file;
  const what = isVariable ? '' : ', to a file with a value';
  throw missingSecret(options, `Set ${name}, which \`${options.option}\` names${what}.`);
}

/** As `readTextFile` does. @throws KeyError, as `readSecretReference` does. */
export async function readSecretFile(name: string, options: SecretFileOptions): Promise<string> {
  try {
    return await readTextFile(name, options);
  } catch (error) {
    throw isUnreadable(error) ? missingSecret(options, error.hint) : error;
  }
}

/** For a secret that no option names and that was not found where it usually is. */
export function missingSecret(
  { where, missing }: Pick<SecretFileOptions, 'where' | 'missing'>,
  hint: string | undefined,
): KeyError {
  return new KeyError({ code: 'unauthenticated', ...where, message: missing, hint });
}

function readVariable(name: string, env: object): string {
  const value: unknown = Reflect.get(env, name);
  return typeof value === 'string' ? value.trim() : '';
}
