import { chooseEnvironment, nameEnvironment, type ChosenEnvironment } from './choose-environment.ts';
import type { ReadConfig } from './read-config.ts';
import { ENVIRONMENT_NAME, type Environments } from './read-environments.ts';
import { resolveEnvironment, type ResolvedEnvironment } from './resolve-environment.ts';

/** What is used where there is no configuration at all. */
const WITHOUT_CONFIG: Environments = { default: { source: 'env' } };

export interface SelectedEnvironment {
  /** Undefined where none could be chosen, which is then among the problems of the configuration. */
  readonly environment?: ChosenEnvironment | undefined;
  readonly resolved?: ResolvedEnvironment | undefined;
}

/** The environment that this process uses. */
export function selectEnvironment(config: ReadConfig, argument: unknown): SelectedEnvironment {
  const { env, environments, isAbsent, problems } = config;
  if (isAbsent) {
    const resolved = resolveEnvironment(WITHOUT_CONFIG, 'default', { ...config, isInUse: true });
    return { environment: nameEnvironment({ argument, env }), resolved };
  }
  if (!environments) return {};
  const choice = chooseEnvironment(usableNames(environments), { argument, env });
  if ('problem' in choice) {
    problems.add('/environments', choice.problem);
    return {};
  }
  const resolved = resolveEnvironment(environments, choice.name, { ...config, isInUse: true });
  return { environment: choice, resolved };
}

/** Those that can be named from outside; the others are problems. */
export function usableNames(environments: Environments): readonly string[] {
  return Object.keys(environments).filter((name) => ENVIRONMENT_NAME.test(name));
}
