import { KeyError } from '@magic-hour-keys/core';

/** What `envKeySource` takes. The JSON config knows `variable`, `files` and `strict`. */
export interface EnvOptions {
  /** The variable that holds the key, in the environment and in the files. Default `"MAGIC_HOUR_API_KEY"`. */
  readonly variable?: string | undefined;
  /**
   * Files in .env format, asked in this order after the environment. A missing one is skipped. Default `[".env"]`;
   * none where `env` is given, so that the source works without a file system.
   */
  readonly files?: readonly string[] | undefined;
  /** Refuse a key file that every user of the machine may read, instead of a warning. Default false. */
  readonly strict?: boolean | undefined;
  /** The folder that relative paths start from. Default the working directory at the time of the read. */
  readonly cwd?: string | undefined;
  /** Stands for `process.env`: the bindings of an edge worker, or a test's own object. Read anew each time. */
  readonly env?: object | undefined;
}

export interface EnvSettings {
  readonly variable: string;
  /** The variable that may name a file whose whole content is the key, as containers mount it. */
  readonly pointer: string;
  readonly files: readonly string[];
  readonly strict: boolean;
  readonly cwd: string | undefined;
  readonly env: object | undefined;
  readonly location: string;
}

export const DEFAULT_VARIABLE = 'MAGIC_HOUR_API_KEY';
export const DEFAULT_FILES: readonly string[] = ['.env'];
/** What POSIX and the .env format both take for a name. */
export const VARIABLE_NAME: RegExp = /^[A-Za-z_][A-Za-z0-9_]*$/;
const KEY_SHAPE = /mhk_[a-z]+_[A-Za-z0-9]{16,}/;

/** Where these options look, such as `"MAGIC_HOUR_API_KEY, .env.local, .env"`. No I/O. */
export function describeLocation({ variable = DEFAULT_VARIABLE, files, env }: EnvOptions): string {
  return [variable, ...(files ?? defaultFiles(env))].join(', ');
}

/**
 * Fills in the defaults.
 *
 * @throws KeyError `invalid_config` for a name no variable can have, for `files` that are not paths, and where a key
 * was given instead of a name or a path: those are printed, and a key must not be.
 */
export function resolveOptions(options: EnvOptions): EnvSettings {
  const {
    variable = DEFAULT_VARIABLE,
    files = defaultFiles(options.env),
    strict = false,
    cwd,
    env,
  } = options;
  if (looksLikeKey(variable)) throw keyInsteadOf('variable', 'the name of the variable');
  if (!VARIABLE_NAME.test(variable)) {
    throw invalidOption('variable', 'must be a name of letters, digits and underscores');
  }
  if (!isPathList(files)) throw invalidOption('files', 'must be a list of paths, such as [".env"]');
  if (files.some(looksLikeKey)) throw keyInsteadOf('files', 'paths');
  const location = describeLocation(options);
  return { variable, pointer: `${variable}_FILE`, files: [...files], strict, cwd, env, location };
}

/** True for text that must not be printed as a name or as a path. */
export function looksLikeKey(text: string): boolean {
  return KEY_SHAPE.test(text);
}

/** Options are also written in JavaScript, where one path instead of a list is an easy slip. */
function isPathList(files: unknown): files is readonly string[] {
  return Array.isArray(files) && files.every((file) => typeof file === 'string' && file !== '');
}

function defaultFiles(env: object | undefined): readonly string[] {
  return env === undefined ? DEFAULT_FILES : [];
}

function keyInsteadOf(option: string, expected: string): KeyError {
  return invalidOption(option, `must hold ${expected}, but holds what looks like a key`);
}

function invalidOption(option: string, problem: string): KeyError {
  return new KeyError({
    code: 'invalid_config',
    source: 'env',
    message: `the option ${option} ${problem}`,
    hint: `Correct the option \`${option}\`, or leave it out for the default.`,
  });
}
