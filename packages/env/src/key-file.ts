import { isKeyError, KeyError, type KeyReading, type KeyWarning } from '@magic-hour-keys/core';
import type { SmallFile } from '@magic-hour-keys/core/node';
import { findUnquotedHash } from './find-unquoted-hash.ts';
import { looksLikeKey, type EnvSettings } from './options.ts';

interface KeyFile extends SmallFile {
  readonly path: string;
}

/**
 * One file in .env format. Of dotenv only `parse` is used: its `config` prints, and changes process.env.
 *
 * @returns a reading, or the reason why this file gives none, for the hint
 */
export async function askEnvFile(
  name: string,
  settings: EnvSettings,
  signal: AbortSignal,
): Promise<KeyReading | string> {
  const { variable } = settings;
  const path = await resolvePath(name, settings);
  const file = await readIfThere(path, settings, signal);
  if (!file) return `${path} does not exist`;
  const { parse } = await import('dotenv');
  const values = parse(withoutBlankLines(file.text));
  const value = Object.hasOwn(values, variable) ? values[variable] : undefined;
  if (value === undefined) return `${path} does not set it`;
  if (value.trim() === '') return `${path} leaves it empty`;
  const line = findUnquotedHash(file.text, variable, value);
  return {
    value,
    origin: { name: 'env', location: `${variable} in ${name}` },
    ...warn([
      ...judgeMode(file, settings),
      ...(line === undefined ? [] : [unquotedHash(settings, path, line)]),
    ]),
  };
}

/**
 * The file that `NAME_FILE` names: all of it is the key. Somebody pointed at it, so when it is missing or empty the
 * search ends here: a developer's .env must not answer in its place.
 */
export async function askNamedFile(
  name: string,
  settings: EnvSettings,
  signal: AbortSignal,
): Promise<KeyReading> {
  const { variable, pointer } = settings;
  // Checked before anything can print it.
  if (looksLikeKey(name)) {
    throw fail(settings, 'invalid_config', {
      message: `${pointer} holds what looks like a key, where the path of a file belongs`,
      hint: `Put the key into ${variable}, and unset ${pointer}.`,
    });
  }
  const path = await resolvePath(name, settings);
  const file = await readIfThere(path, settings, signal);
  if (!file || file.text.trim() === '') {
    throw fail(settings, 'not_found', {
      message: `${pointer} names ${path}, which ${file ? 'is empty' : 'does not exist'}`,
      hint: `Write the key into ${path}, or correct or unset ${pointer}.`,
    });
  }
  return {
    value: file.text,
    origin: { name: 'env', location: `${path}, named by ${pointer}` },
    ...warn(judgeMode(file, settings)),
  };
}

/** dotenv takes quadratic time over blank lines: 6 seconds for 64 KiB of them (measured with 18.0.10). */
function withoutBlankLines(text: string): string {
  return text.replaceAll(/[\r\n]\s*[\r\n]/g, '\n');
}

async function resolvePath(name: string, { cwd }: EnvSettings): Promise<string> {
  const path = await fromRuntime(() => import('node:path'));
  return path.resolve(cwd ?? '', name);
}

async function readIfThere(
  path: string,
  { location }: EnvSettings,
  signal: AbortSignal,
): Promise<KeyFile | undefined> {
  const { readSmallFile } = await fromRuntime(() => import('./small-file.ts'));
  try {
    return { path, ...(await readSmallFile(path, { signal, where: { source: 'env', location } })) };
  } catch (error) {
    if (isKeyError(error) && error.code === 'not_found') return undefined;
    throw error;
  }
}

/** Loaded at the first read of a file, so that this package loads where there is no file system. */
async function fromRuntime<Module>(load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch {
    throw new KeyError({
      code: 'unsupported',
      source: 'env',
      message: 'this runtime has no file system',
      hint: 'Pass its environment as the option `env`, without `files`.',
    });
  }
}

/** @throws KeyError in strict mode, where others can read the file. */
function judgeMode({ path, mode, readableByOthers }: KeyFile, settings: EnvSettings): KeyWarning[] {
  if (!readableByOthers) return [];
  const message = `${path} can be read by every user of this machine (mode ${mode.toString(8)})`;
  const hint = `Run: chmod 600 ${path}; or, where it is mounted, set the mode there.`;
  if (settings.strict) throw fail(settings, 'invalid_config', { message, hint });
  return [{ code: 'file_readable_by_others', message: `${message}. ${hint}` }];
}

function unquotedHash({ variable }: EnvSettings, path: string, line: number): KeyWarning {
  return {
    code: 'unquoted_hash',
    message: `${variable} was cut at a # in line ${line} of ${path}. Put the value into quotes if the # belongs to it.`,
  };
}

function warn(warnings: readonly KeyWarning[]): Pick<KeyReading, 'warnings'> {
  return warnings.length > 0 ? { warnings } : {};
}

function fail(
  { location }: EnvSettings,
  code: 'invalid_config' | 'not_found',
  text: { message: string; hint: string },
): KeyError {
  return new KeyError({ code, source: 'env', location, ...text });
}
