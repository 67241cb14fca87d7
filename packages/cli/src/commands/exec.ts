import { describeKeySources } from '@magic-hour-keys/config';
import { childEnvironment } from '../child-environment.ts';
import { createProblem } from '../cli-problem.ts';
import { locationOf, type EnvironmentOptions } from '../environment-options.ts';
import { EXIT } from '../exit-codes.ts';
import { say, type CliIo } from '../io.ts';
import { writeReportLine } from '../report.ts';
import { runMasked } from '../run-masked.ts';
import { findKey } from '../with-provider.ts';

export interface ExecOptions extends EnvironmentOptions {
  /** The variable that the program finds the key in. */
  readonly as: string;
  /** Variables that stay, though we have used them up. */
  readonly keep?: readonly string[] | undefined;
  readonly keepAll?: boolean | undefined;
  /** False for `--no-mask`. */
  readonly mask: boolean;
  readonly json?: boolean | undefined;
}

const VARIABLE_NAME = /^[A-Za-z_]\w*$/;
/** As a shell has it. */
const FAILURES = {
  'not found': { code: 'program_not_found', exitCode: 127, text: 'was not found' },
  'not executable': { code: 'program_not_executable', exitCode: 126, text: 'can not be executed' },
} as const;

/**
 * Runs a program with the key in its environment.
 *
 * @param given what stands behind `--`
 * @returns the program's exit code, or 128 and the number of the signal that ended it.
 * @throws KeyError as `loadKeyProvider` and `getKey` do.
 * @throws CliProblem where no program is named, or where it can not be run
 */
export async function exec(given: readonly string[], options: ExecOptions, io: CliIo): Promise<number> {
  const [command, ...argv] = given;
  if (command === undefined) {
    throw createProblem('usage', EXIT.usage, 'name a program: mhk exec -- node script.mjs');
  }
  const { as, keepAll, keep = [], json = false } = options;
  if (!VARIABLE_NAME.test(as)) throw createProblem('usage', EXIT.usage, '--as needs the name of a variable');
  const sources = describeKeySources(locationOf(options, io));
  const { key, ...place } = await findKey(options, io);
  const { env, takenOut } = childEnvironment(io.env, {
    sources,
    value: key.reveal(),
    as,
    keep: keepAll ? true : keep,
  });
  if (takenOut.length > 0) {
    say(io, `the program does not get ${takenOut.join(', ')}; --keep NAME hands one on, --keep-all all`);
  }
  const { end, durationMs, masked, isLineOpen } = await runMasked(command, argv, {
    env,
    key,
    mask: options.mask,
    io,
  });
  if ('failure' in end) throw couldNotRun(command, end.failure);
  const { exitCode, signal } = end;
  const report = {
    command: 'exec',
    program: printable(command) ?? null,
    exitCode,
    signal,
    durationMs,
    variable: as,
    last4: key.last4,
    ...place,
    removedVariables: takenOut,
    masked,
  };
  if (json) writeReportLine(io, report, isLineOpen);
  return exitCode;
}

function couldNotRun(command: string, failure: keyof typeof FAILURES): Error {
  const { code, exitCode, text } = FAILURES[failure];
  return createProblem(code, exitCode, `${printable(command) ?? 'the program'} ${text}`);
}

/** Undefined where the name may be a secret, or draw on the terminal. */
function printable(command: string): string | undefined {
  return /^[\w./-]{1,60}$/.test(command) ? command : undefined;
}
