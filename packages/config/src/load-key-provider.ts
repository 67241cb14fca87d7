import { createKeyProvider, type KeySource, type ManagedKeyProvider } from '@magic-hour-keys/core';
import { buildSource } from './build-source.ts';
import type { ConfigLocationOptions, LoadKeyProviderOptions } from './config-types.ts';
import { addWarnings } from './lazy-source.ts';
import { planEnvironment } from './plan-environment.ts';
import { linksOf } from './plan-source.ts';

/**
 * The provider for this environment, as `magic-hour-keys.json` says; without such a file it reads
 * `MAGIC_HOUR_API_KEY` from the environment and from `.env`. It is synchronous, reads one small file, and reaches no
 * store: that happens when somebody asks for the key.
 *
 * @throws KeyError `invalid_config` with all problems of the file and of this environment, each by its JSON pointer.
 */
export function loadKeyProvider(options: LoadKeyProviderOptions = {}): ManagedKeyProvider {
  const { config, environment, planned, policy } = planEnvironment(options);
  const { onEvent, onRawError, runtime } = options;
  return createKeyProvider(addWarnings(buildSource(planned, config.place), config.warnings), {
    ...policy,
    environment,
    onEvent,
    onRawError,
    runtime,
  });
}

/**
 * The sources of this environment in the order in which they are asked: one, or the links of its chain. For tools that
 * ask each by itself. Each has to be closed.
 *
 * @throws KeyError `invalid_config`, as `loadKeyProvider` does.
 */
export function loadKeySources(options: ConfigLocationOptions = {}): readonly KeySource[] {
  const { config, planned } = planEnvironment(options);
  return linksOf(planned).map((link) => buildSource(link, config.place));
}
