import { createKeyProvider, type ManagedKeyProvider } from '@magic-hour-keys/core';
import { buildSource } from './build-source.ts';
import { configError } from './config-error.ts';
import type { LoadKeyProviderOptions } from './config-types.ts';
import { addWarnings } from './lazy-source.ts';
import { readConfig } from './read-config.ts';
import { selectEnvironment } from './select-environment.ts';

/**
 * The provider for this environment, as `magic-hour-keys.json` says; without such a file it reads
 * `MAGIC_HOUR_API_KEY` from the environment and from `.env`. It is synchronous, reads one small file, and reaches no
 * store: that happens when somebody asks for the key.
 *
 * @throws KeyError `invalid_config` with all problems of the file and of this environment, each by its JSON pointer.
 */
export function loadKeyProvider(options: LoadKeyProviderOptions = {}): ManagedKeyProvider {
  const config = readConfig(options);
  const { environment, resolved } = selectEnvironment(config, options.environment);
  config.problems.addAll(resolved?.problems ?? []);
  if (!resolved?.planned || config.problems.all.length > 0) {
    throw configError(config.problems.all, config.file);
  }
  const { onEvent, onRawError, runtime } = options;
  return createKeyProvider(addWarnings(buildSource(resolved.planned, config.place), config.warnings), {
    ...resolved.policy,
    environment,
    onEvent,
    onRawError,
    runtime,
  });
}
