import { didYouMean } from './did-you-mean.ts';
import { listNames, showName } from './show-name.ts';

const ENVIRONMENT_VARIABLE = 'MAGIC_HOUR_ENV';

/** Which environment is used, and what decided it: `argument`, `MAGIC_HOUR_ENV`, `NODE_ENV` or `default`. */
export interface ChosenEnvironment {
  readonly name: string;
  readonly from: string;
}

export interface EnvironmentProblem {
  readonly problem: string;
}

interface Choice {
  readonly argument?: unknown;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Under these values of NODE_ENV, or none, `development` may be taken without anybody asking for it. */
const HARMLESS: ReadonlySet<string> = new Set(['', 'development', 'test']);
const DEFAULT_NAME = 'development';

/**
 * The argument, else MAGIC_HOUR_ENV, else NODE_ENV where it names an environment, else `development` where that can do
 * no harm. A name that was asked for and is not there is never replaced by another.
 */
export function chooseEnvironment(
  names: readonly string[],
  { argument, env }: Choice,
): ChosenEnvironment | EnvironmentProblem {
  const asked = askedFor({ argument, env });
  if (asked) return names.includes(asked.name) ? asked : unknownEnvironment(asked, names);
  const nodeEnv = clean(env['NODE_ENV']);
  if (names.includes(nodeEnv)) return { name: nodeEnv, from: 'NODE_ENV' };
  if (HARMLESS.has(nodeEnv) && names.includes(DEFAULT_NAME)) return { name: DEFAULT_NAME, from: 'default' };
  const state =
    nodeEnv === '' ? 'NODE_ENV is not set' : `NODE_ENV is "${showName(nodeEnv)}", which is none of them`;
  return {
    problem: `the environment is not chosen: ${ENVIRONMENT_VARIABLE} is not set, and ${state}. ${thereAre(names)}`,
  };
}

/** Without a configuration the name changes nothing; it is only told in the `resolved` event. */
export function nameEnvironment({ argument, env }: Choice): ChosenEnvironment {
  const nodeEnv = clean(env['NODE_ENV']);
  const { name, from } = askedFor({ argument, env }) ?? { name: nodeEnv, from: 'NODE_ENV' };
  return name === '' ? { name: DEFAULT_NAME, from: 'default' } : { name: showName(name), from };
}

function askedFor({ argument, env }: Choice): ChosenEnvironment | undefined {
  if (argument !== undefined) return { name: typeof argument === 'string' ? argument : '', from: 'argument' };
  const name = clean(env[ENVIRONMENT_VARIABLE]);
  return name === '' ? undefined : { name, from: ENVIRONMENT_VARIABLE };
}

/** `set NODE_ENV=production && …` leaves a blank behind on Windows. */
function clean(value: string | undefined): string {
  return value?.trim() ?? '';
}

function unknownEnvironment({ name, from }: ChosenEnvironment, names: readonly string[]): EnvironmentProblem {
  const by = from === 'argument' ? '' : `, which ${from} names`;
  return {
    problem: `there is no environment "${showName(name)}"${by}. ${thereAre(names)}${didYouMean(name, names)}`,
  };
}

function thereAre(names: readonly string[]): string {
  return names.length === 0 ? 'There are none.' : `There are: ${listNames(names)}.`;
}
