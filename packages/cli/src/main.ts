import { CommanderError } from 'commander';
import { EXIT } from './exit-codes.ts';
import { holdsKey } from './hide-arguments.ts';
import { say, type CliIo } from './io.ts';
import { createProgram } from './program.ts';
import { tellError } from './tell-error.ts';

export type { CliIo, CliOutput } from './io.ts';

/**
 * Runs one command.
 *
 * @param argv the arguments alone, without node and script
 * @returns the exit code. It never throws, and never ends the process.
 */
export async function main(argv: readonly string[], io: CliIo): Promise<number> {
  if (holdsKey(argv)) {
    say(
      io,
      'an argument looks like an API key. By now it is in the history of your shell, and was in the list of ' +
        'processes: revoke it in the Magic Hour Developer Hub. No command takes a key as an argument.',
    );
    return EXIT.usage;
  }
  let exitCode: number = EXIT.ok;
  try {
    const program = createProgram(argv, io, (code) => {
      exitCode = code;
    });
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    return tellError(error, io);
  }
}
