import type { KeyPolicy } from '@magic-hour-keys/core';
import type { ChosenEnvironment } from './choose-environment.ts';
import { configError } from './config-error.ts';
import type { ConfigLocationOptions } from './config-types.ts';
import type { PlannedSource } from './plan-source.ts';
import { readConfig, type ReadConfig } from './read-config.ts';
import { selectEnvironment } from './select-environment.ts';

export interface EnvironmentPlan {
  readonly config: ReadConfig;
  readonly environment: ChosenEnvironment | undefined;
  readonly planned: PlannedSource;
  readonly policy: KeyPolicy | undefined;
}

/**
 * The chosen environment, checked; nothing is made of it yet.
 *
 * @throws KeyError `invalid_config` with all problems of the configuration and of this environment.
 */
export function planEnvironment(options: ConfigLocationOptions): EnvironmentPlan {
  const config = readConfig(options);
  const { environment, resolved } = selectEnvironment(config, options.environment);
  config.problems.addAll(resolved?.problems ?? []);
  if (!resolved?.planned || config.problems.all.length > 0) {
    throw configError(config.problems.all, config.file);
  }
  return { config, environment, planned: resolved.planned, policy: resolved.policy };
}
