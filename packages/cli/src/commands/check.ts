import {
  checkConfig,
  type ConfigCheck,
  type ConfigProblem,
  type EnvironmentCheck,
} from '@magic-hour-keys/config';
import { locationOf, type EnvironmentOptions } from '../environment-options.ts';
import { describeEnvironment, describePath } from '../environment-text.ts';
import { EXIT } from '../exit-codes.ts';
import { say, writeJson, type CliIo } from '../io.ts';
import { widthOf, wrap } from '../terminal/lines.ts';
import { styleFor, type Style } from '../terminal/style.ts';

export interface CheckOptions extends EnvironmentOptions {
  readonly json?: boolean | undefined;
}

/** Checks the configuration, and every environment in it, without contacting a store. */
export function check(options: CheckOptions, io: CliIo): number {
  const result = checkConfig(locationOf(options, io));
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
  const look = { style: styleFor(io.stdout, io.env), column: width + 4, width: widthOf(io.stdout) };
  return [
    `config       ${file === undefined ? 'none; the environment and .env are read' : describePath(file, io)}`,
    `environment  ${environment ? describeEnvironment(environment) : 'not chosen'}`,
    ...(environments.length > 0 ? [''] : []),
    ...environments.map((checked) => describeEnvironmentCheck(checked, look)),
    ...(problems.length > 0 ? [''] : []),
    ...problems.map((problem) => describeProblem(problem, io)),
    '',
  ].join('\n');
}

function describeProblem({ pointer, message }: ConfigProblem, { stdout }: CliIo): string {
  const line = pointer === '' ? message : `${pointer}: ${message}`;
  return wrap(line, { width: widthOf(stdout), indent: '  ' });
}

interface Look {
  readonly style: Style;
  /** Where the second column begins. */
  readonly column: number;
  readonly width: number;
}

function describeEnvironmentCheck(checked: EnvironmentCheck, { style, column, width }: Look): string {
  const { name, chosen, ok, source = '', location = '', problems } = checked;
  const verdict = ok
    ? `${style.good('ok')}  ${source} (${location})`
    : style.bad(countProblems(problems.length));
  const gap = ' '.repeat(column - 2 - name.length);
  const line = `${chosen ? '*' : ' '} ${chosen ? style.strong(name) : name}${gap}${verdict}`;
  return wrap(line, { width, indent: ' '.repeat(column + 'ok  '.length) });
}

function countProblems(count: number): string {
  return count === 1 ? '1 problem' : `${count} problems`;
}
