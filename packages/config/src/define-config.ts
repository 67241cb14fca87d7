import type { MagicHourKeysConfig } from './config-types.ts';

/**
 * The configuration as it is, with completion and type checking for who writes it in code. Names of own sources are
 * given as a type: `defineConfig<'team-store'>({ … })`.
 */
export function defineConfig<Name extends string = never>(
  config: MagicHourKeysConfig<NoInfer<Name>>,
): MagicHourKeysConfig<Name> {
  return config;
}
