import { CommanderError } from 'commander';
import { createProblem } from './cli-problem.ts';
import { EXIT } from './exit-codes.ts';
import { hideArguments, holdsKey } from './hide-arguments.ts';
import type { CliIo } from './io.ts';
import { createProgram } from './program.ts';
import { wantsJson, writeErrorReport, type ErrorReport } from './report.ts';

export type { CliInput, CliIo, CliOutput } from './io.ts';

/**
 * Runs one command.
 *
 * @param argv the arguments alone, without node and script
 * @returns the exit code. It never throws, and never ends the process.
 */
export async function main(argv: readonly string[], io: CliIo): Promise<number> {
  let exitCode: number = EXIT.ok;
  try {
    if (holdsKey(argv)) throw keyInArguments();
    const program = createProgram(argv, io, (code) => {
      exitCode = code;
    });
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    const report = await reportOf(error, argv, io);
    if (report && wantsJson(argv)) writeErrorReport(report, argv, io);
    return report?.exitCode ?? EXIT.ok;
  }
}

function keyInArguments(): Error {
  return createProblem(
    'key_in_arguments',
    EXIT.usage,
    'an argument looks like an API key. By now it is in the history of your shell, and was in the list of processes: ' +
      'revoke it in the Magic Hour Developer Hub. No command takes a key as an argument.',
  );
}

/** Undefined where nothing went wrong: help and version end by an exception as well. */
async function reportOf(
  error: unknown,
  argv: readonly string[],
  io: CliIo,
): Promise<ErrorReport | undefined> {
  if (error instanceof CommanderError) {
    // It has told people already.
    return error.exitCode === 0 ? undefined : usageReport(hideArguments(error.message, argv));
  }
  const { tellError } = await import('./tell-error.ts');
  return tellError(error, io);
}

function usageReport(message: string): ErrorReport {
  const text = message.replace(/^error: /, '').replaceAll(/\s+/g, ' ');
  const error = {
    code: 'usage',
    message: text,
    hint: null,
    source: null,
    location: null,
    links: [],
    docs: null,
  };
  return { error, exitCode: EXIT.usage };
}
