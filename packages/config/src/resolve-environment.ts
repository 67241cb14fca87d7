import type { KeyPolicy } from '@magic-hour-keys/core';
import { checkOptions } from './check-options.ts';
import { readLayers } from './environment-layer.ts';
import { mergeLayers, valuesOf, type MergedEnvironment } from './merge-layers.ts';
import { planSource, type PlannedSource } from './plan-source.ts';
import { policySchema, toKeyPolicy, type PolicyConfig } from './policy.ts';
import { below, createProblemList, type ConfigProblem, type ProblemList } from './problem.ts';
import type { ReadConfig } from './read-config.ts';
import type { Environments } from './read-environments.ts';

export interface ResolvedEnvironment {
  /** Undefined where something is wrong with it. */
  readonly planned?: PlannedSource | undefined;
  readonly policy?: KeyPolicy | undefined;
  readonly problems: readonly ConfigProblem[];
}

/** One environment with everything it extends, checked and planned; no store is reached. */
export function resolveEnvironment(
  environments: Environments,
  name: string,
  { given, env, isInUse }: Pick<ReadConfig, 'given' | 'env'> & { readonly isInUse: boolean },
): ResolvedEnvironment {
  const problems = createProblemList();
  const layers = readLayers(environments, name, problems);
  if (!layers) return { problems: problems.all };
  const merged = mergeLayers(layers, below('/environments', name), problems);
  const policy = readPolicy(merged, problems);
  const planned = planSource(merged, { given, env, isInUse, problems });
  return problems.all.length > 0 ? { problems: problems.all } : { planned, policy, problems: [] };
}

function readPolicy({ pointer, policy }: MergedEnvironment, problems: ProblemList): KeyPolicy | undefined {
  const checked = checkOptions(policySchema, valuesOf(policy), {
    problems,
    owner: '"policy"',
    pointerOf: ([member]) => policy.get(String(member))?.pointer ?? below(pointer, 'policy'),
  });
  return checked.value === undefined ? undefined : toKeyPolicy(checked.value as PolicyConfig);
}
