import type { KeyPolicy, KeyWarning } from '@magic-hour-keys/core';
import type { ChosenEnvironment } from './choose-environment.ts';
import type { ConfigLocationOptions } from './config-types.ts';
import { createProblemList, type ConfigProblem } from './problem.ts';
import { readConfig, type ReadConfig } from './read-config.ts';
import { resolveEnvironment, type ResolvedEnvironment } from './resolve-environment.ts';
import { selectEnvironment, usableNames } from './select-environment.ts';

/** What is known of a configuration without contacting a store. Nothing in it is secret. */
export interface ConfigCheck {
  /** True where neither the configuration nor any of its environments has a problem. */
  readonly ok: boolean;
  /** The absolute path of the file; undefined for a configuration in code, and where there is none at all. */
  readonly file?: string | undefined;
  /** The environment that is used here, and what decided it; undefined where none could be chosen. */
  readonly environment?: ChosenEnvironment | undefined;
  /** In the order of the file. Without a configuration the one that stands for it. */
  readonly environments: readonly EnvironmentCheck[];
  /** All problems, those of the environments among them. */
  readonly problems: readonly ConfigProblem[];
  /** What a person should look at although all is right, such as a file that everybody may change. */
  readonly warnings: readonly KeyWarning[];
}

export interface EnvironmentCheck {
  readonly name: string;
  /** True for the one that is used here. */
  readonly chosen: boolean;
  /** True where it has no problem. */
  readonly ok: boolean;
  /** The name of the source, such as `"env"`, or `"firstFound"`; undefined where there is a problem. */
  readonly source?: string | undefined;
  /** Where the source looks. */
  readonly location?: string | undefined;
  /** What the configuration sets, in milliseconds; the defaults are not in it. */
  readonly policy?: KeyPolicy | undefined;
  readonly problems: readonly ConfigProblem[];
}

/**
 * Checks the configuration and every environment in it, with all problems at once. It throws nothing for a wrong
 * configuration and reaches no store.
 */
export function checkConfig(options: ConfigLocationOptions = {}): ConfigCheck {
  const config = readConfig(options);
  const { environment, resolved } = selectEnvironment(config, options.environment);
  const environments = checkEnvironments(config, environment, resolved);
  const problems = createProblemList();
  problems.addAll(config.problems.all);
  for (const checked of environments) problems.addAll(checked.problems);
  return {
    ok: problems.all.length === 0,
    file: config.file,
    environment,
    environments,
    problems: problems.all,
    warnings: config.warnings,
  };
}

function checkEnvironments(
  config: ReadConfig,
  chosen: ChosenEnvironment | undefined,
  resolved: ResolvedEnvironment | undefined,
): readonly EnvironmentCheck[] {
  const { environments, isAbsent } = config;
  if (isAbsent && chosen && resolved) return [describe(chosen.name, true, resolved)];
  if (!environments) return [];
  return usableNames(environments).map((name) => {
    const isChosen = name === chosen?.name;
    const own = isChosen ? resolved : undefined;
    return describe(
      name,
      isChosen,
      own ?? resolveEnvironment(environments, name, { ...config, isInUse: false }),
    );
  });
}

function describe(name: string, chosen: boolean, resolved: ResolvedEnvironment): EnvironmentCheck {
  const { planned, policy, problems } = resolved;
  const { source, location } = planned ? { source: planned.name, location: planned.location } : {};
  return { name, chosen, ok: problems.length === 0, source, location, policy, problems };
}
