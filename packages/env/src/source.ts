import {
  createKeyProvider,
  KeyError,
  type KeyProviderOptions,
  type KeyReading,
  type KeySource,
  type ManagedKeyProvider,
} from '@magic-hour-keys/core';
import { askEnvFile, askNamedFile } from './key-file.ts';
import { resolveOptions, type EnvOptions, type EnvSettings } from './options.ts';

/**
 * A ready provider that reads the environment and .env files.
 *
 * @throws KeyError `invalid_config` for options that can't be meant.
 */
export function envKeyProvider(
  options: EnvOptions = {},
  providerOptions: KeyProviderOptions = {},
): ManagedKeyProvider {
  return createKeyProvider(envKeySource(options), providerOptions);
}

/**
 * The bare source. Each read asks, in this order and anew: the variable in the environment, the file that `NAME_FILE`
 * in the environment points at, then the files in .env format. The first with a value that is not blank answers, and
 * `origin` tells which. Nothing is printed and process.env is not changed.
 *
 * @throws KeyError `invalid_config` for options that can't be meant. A read fails with `not_found` (set nowhere),
 * `access_denied`, `invalid_config` (not a text file, or readable by others in strict mode), `unavailable` (being
 * written, too many open files) or `unsupported` (files, where there is no file system).
 */
export function envKeySource(options: EnvOptions = {}): KeySource {
  const settings = resolveOptions(options);
  return {
    name: 'env',
    location: settings.location,
    read: ({ signal }) => readFirst(settings, signal),
  };
}

async function readFirst(settings: EnvSettings, signal: AbortSignal): Promise<KeyReading> {
  const { variable, pointer, files } = settings;
  const value = lookUp(variable, settings);
  if (isSet(value)) return { value, origin: { name: 'env', location: `${variable} in the environment` } };
  const named = lookUp(pointer, settings);
  if (isSet(named)) return askNamedFile(named.trim(), settings, signal);
  const misses = [describeMiss(value, variable)];
  for (const file of files) {
    // The order is the meaning: a file is read only when those before it do not set the variable.
    // oxlint-disable-next-line no-await-in-loop
    const answer = await askEnvFile(file, settings, signal);
    if (typeof answer !== 'string') return answer;
    misses.push(answer);
  }
  throw setNowhere(settings, misses);
}

/** Read anew each time. `process` is missing in edge runtimes, which pass their bindings as `env`. */
function lookUp(name: string, { env }: EnvSettings): unknown {
  const { process } = globalThis as { process?: { env?: object } };
  return Reflect.get(env ?? process?.env ?? {}, name);
}

/** Blank counts as not set: `KEY=` in a compose file or a CI job means that nobody filled it in. */
function isSet(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

function describeMiss(value: unknown, variable: string): string {
  if (value === undefined) return `${variable} is not set`;
  return `${variable} is set but ${typeof value === 'string' ? 'empty' : 'is not text'}`;
}

function setNowhere({ variable, files, location }: EnvSettings, misses: readonly string[]): KeyError {
  const places = ['in the environment', ...files.map((file) => `in ${file}`)].join(' or ');
  return new KeyError({
    code: 'not_found',
    source: 'env',
    location,
    message: `${variable} is set nowhere`,
    hint: `Set ${variable} ${places}: ${misses.join(', ')}.`,
  });
}
