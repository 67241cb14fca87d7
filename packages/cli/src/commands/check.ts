import { checkConfig, type ConfigCheck, type EnvironmentCheck } from '@magic-hour-keys/config';
import { describeEnvironment, describePath } from '../environment-text.ts';
import { EXIT } from '../exit-codes.ts';
import { say, writeJson, type CliIo } from '../io.ts';

export interface CheckOptions {
  readonly env?: string | undefined;
  readonly config?: string | undefined;
  readonly json?: boolean | undefined;
}

/** Checks the configuration, and every environment in it, without contacting a store. */
export function check(options: CheckOptions, io: CliIo): number {
  const result = checkConfig({
    environment: options.env,
    file: options.config,
    cwd: io.cwd,
    env: io.env,
  });
  if (options.json) writeJson(io, toJson(result));
  else io.stdout.write(describe(result, io));
  for (const { message } of result.warnings) say(io, `warning: ${message}`);
  if (!result.ok) say(io, countProblems(result.problems.length));
  return result.ok ? EXIT.ok : EXIT.config;
}

/** The same members each time; what is not known is null. */
function toJson({ ok, file, environment, environments, problems, warnings }: ConfigCheck): unknown {
  return {
    ok,
    config: file ?? null,
    environment: environment?.name ?? null,
    environmentFrom: environment?.from ?? null,
    environments: environments.map(({ name, chosen, ok: isGood, source, location, policy }) => ({
      name,
      chosen,
      ok: isGood,
      source: source ?? null,
      location: location ?? null,
      policy: policy ?? null,
    })),
    problems,
    warnings,
  };
}

function describe(result: ConfigCheck, io: CliIo): string {
  const { file, environment, environments, problems } = result;
  const width = Math.max(0, ...environments.map(({ name }) => name.length));
  return [
    `config       ${file === undefined ? 'none; the environment and .env are read' : describePath(file, io)}`,
    `environment  ${environment ? describeEnvironment(environment) : 'not chosen'}`,
    ...(environments.length > 0 ? [''] : []),
    ...environments.map((checked) => describeEnvironmentCheck(checked, width)),
    ...(problems.length > 0 ? [''] : []),
    ...problems.map(({ pointer, message }) => (pointer === '' ? message : `${pointer}: ${message}`)),
    '',
  ].join('\n');
}

function describeEnvironmentCheck({ name, chosen, ...checked }: EnvironmentCheck, width: number): string {
  const mark = chosen ? '*' : ' ';
  const verdict = checked.ok
    ? `ok  ${checked.source ?? ''} (${checked.location ?? ''})`
    : countProblems(checked.problems.length);
  return `${mark} ${name.padEnd(width)}  ${verdict}`;
}

function countProblems(count: number): string {
  return count === 1 ? '1 problem' : `${count} problems`;
}
