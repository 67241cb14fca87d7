import { lstatSync } from 'node:fs';
import type { ConfigProblem } from '@magic-hour-keys/config';
import { createProblem } from '../cli-problem.ts';
import { EXIT } from '../exit-codes.ts';
import { say, type CliIo } from '../io.ts';
import { askYesNo } from '../terminal/ask.ts';
import { checkEnvironment, type CheckedEnvironment } from './check-environment.ts';
import { completeWish } from './complete-wish.ts';
import type { Facts, IgnoreFileFacts } from './facts.ts';
import { findClues } from './find-clues.ts';
import { formatConfig } from './format-json.ts';
import { installCommand } from './install-command.ts';
import { lookAround } from './look-around.ts';
import { neededPackages } from './needed-packages.ts';
import { parseOptions } from './parse-options.ts';
import { propose } from './propose.ts';
import { setEnvironment } from './set-environment.ts';

export interface PlanOptions {
  readonly env?: string | undefined;
  readonly config?: string | undefined;
  readonly source?: string | undefined;
  /** As `NAME=VALUE`. */
  readonly option?: readonly string[] | undefined;
  /** Replaces the environment, or without `env` the whole file. */
  readonly force?: boolean | undefined;
  /** False for `--no-ignore-files`. */
  readonly ignoreFiles: boolean;
}

/** What is to be written, and why. */
export interface Plan {
  readonly facts: Facts;
  readonly environments: readonly CheckedEnvironment[];
  readonly action: 'create' | 'add' | 'replace' | 'overwrite';
  /** Of the whole file. */
  readonly text: string;
  /** Those that are to be changed. */
  readonly ignoreFiles: readonly IgnoreFileFacts[];
  readonly install: string | undefined;
  readonly remarks: readonly string[];
}

/**
 * Looks around, asks where it may, and says what is to be written; nothing is written yet.
 *
 * @throws CliProblem `usage` where something would be overwritten, is missing, or is not right
 * @throws KeyError `invalid_config` where the present configuration can't be read
 */
export async function makePlan(options: PlanOptions, asks: boolean, io: CliIo): Promise<Plan> {
  const { env: environment, config: file, source, force = false } = options;
  const isReplaced = force && environment === undefined;
  const typed = { environment, source, options: parseOptions(options.option ?? []) };
  const facts = lookAround(io, { file, isReplaced });
  const kept = isReplaced ? { ...facts, existing: undefined } : facts;
  if (asks) tellClues(facts, io);
  const wish = asks ? await completeWish(typed, kept, io) : typed;
  const action = actionOf(facts, wish.environment, isReplaced);
  await refuseToOverwrite(action, facts, { environment: wish.environment, force, asks, io });
  const proposal = propose(kept, wish);
  refuseMissing(proposal.environments.flatMap(({ missing }) => missing));
  const environments = proposal.environments.map((proposed) => checkEnvironment(proposed, io));
  refuseProblems(environments.flatMap(({ problems }) => problems));
  const packages = neededPackages(environments, facts, io);
  return {
    facts,
    environments,
    action,
    text: textOf(kept, environments),
    ignoreFiles: options.ignoreFiles ? facts.ignoreFiles.filter(({ missing }) => missing.length > 0) : [],
    install: facts.packages && packages.length > 0 ? installCommand(facts.packages, packages) : undefined,
    remarks: [...proposal.remarks, ...facts.trackedEnvFiles.map(describeTracked)],
  };
}

function tellClues(facts: Facts, io: CliIo): void {
  for (const { source, because } of findClues(facts)) say(io, `found: ${because} (${source})`);
}

function actionOf({ existing }: Facts, name: string | undefined, isReplaced: boolean): Plan['action'] {
  if (!existing) return 'create';
  if (isReplaced) return 'overwrite';
  return name !== undefined && existing.environments.includes(name) ? 'replace' : 'add';
}

interface OverwriteContext {
  readonly environment: string | undefined;
  readonly force: boolean;
  readonly asks: boolean;
  readonly io: CliIo;
}

/** @throws CliProblem where nobody has said that what is there may go */
async function refuseToOverwrite(
  action: Plan['action'],
  { existing, configFile }: Facts,
  { environment, force, asks, io }: OverwriteContext,
): Promise<void> {
  if (action === 'add' && environment === undefined) {
    throw refusal(
      `there is a configuration already, with: ${existing?.environments.join(', ') ?? ''}`,
      'Add or change an environment with --env NAME --source NAME; --force alone writes the whole file anew.',
    );
  }
  if (action === 'overwrite' && lstatSync(configFile).isSymbolicLink()) {
    // It may lead to any file of the user's.
    const hint = 'Name the file itself with --config, or take the link away.';
    throw createProblem('usage', EXIT.config, 'the configuration is a link, and is not overwritten', hint);
  }
  if (force || action === 'create' || action === 'add') return;
  const what = `the environment ${environment}`;
  if (asks && (await askYesNo(io, `There is one already. Replace ${what}?`, false))) return;
  throw refusal(`${what} is there already, and is left as it is`, 'To replace it: --force');
}

function refuseMissing(missing: readonly string[]): void {
  if (missing.length === 0) return;
  const hint = `Give it: ${missing.map((option) => `--option ${option}=…`).join(' ')}`;
  throw refusal(`the source needs ${missing.join(' and ')}`, hint);
}

/** Their texts hold nothing of what was typed: names alone, of options that are known. */
function refuseProblems(problems: readonly ConfigProblem[]): void {
  if (problems.length === 0) return;
  const lines = problems.map(({ pointer, message }) => `\n  ${pointer}: ${message}`);
  throw createProblem('usage', EXIT.usage, `this would not be right:${lines.join('')}`);
}

function refusal(message: string, hint: string): Error {
  return createProblem('usage', EXIT.usage, message, hint);
}

function describeTracked(name: string): string {
  return `${name} is kept by git. Run: git rm --cached ${name}; and if a key was ever in it, make a new one in the Developer Hub and delete the old one.`;
}

function textOf({ existing, schema }: Facts, environments: readonly CheckedEnvironment[]): string {
  if (!existing) return formatConfig(schema, environments);
  return environments.reduce((text, { name, content }) => setEnvironment(text, name, content), existing.text);
}
