/** Something that a command can not do, as opposed to a `KeyError`, which a source or the configuration brings. */
export interface CliProblem extends Error {
  /** For programs: `error.code` of `--json`. */
  readonly code: CliProblemCode;
  readonly exitCode: number;
  /** What to do next, in one sentence. */
  readonly hint?: string | undefined;
}

export type CliProblemCode =
  /** The command was understood wrongly. */
  | 'usage'
  | 'key_in_arguments'
  /** Files that were named are not there. */
  | 'no_input'
  | 'program_not_found'
  | 'program_not_executable'
  | 'origin_not_allowed'
  /** A fault of this program. */
  | 'internal';

const BRAND = Symbol('cli-problem');

/** An error that is told by its message and its hint, so neither may hold what could be a secret. */
export function createProblem(
  code: CliProblemCode,
  exitCode: number,
  message: string,
  hint?: string,
): CliProblem {
  return Object.assign(new Error(message), { [BRAND]: true, code, exitCode, hint });
}

export function isProblem(error: unknown): error is CliProblem {
  return typeof error === 'object' && error !== null && BRAND in error;
}
