import { createRequire } from 'node:module';
import { Command, CommanderError } from 'commander';
import { ALL_COMMANDS } from './all-commands.ts';
import { EXIT } from './exit-codes.ts';
import { hideArguments } from './hide-arguments.ts';
import type { CliIo } from './io.ts';
import { widthOf } from './terminal/lines.ts';

const EXIT_CODES = `
Exit codes: 0 ok, 1 something was found, 64 usage, 66 no key found,
69 store unavailable, 70 a fault of this program, 75 try again later,
77 no permission, 78 something in the configuration is wrong.`;

/** @param finish gets the exit code of the command that has run */
export function createProgram(
  argv: readonly string[],
  io: CliIo,
  finish: (exitCode: number) => void,
): Command {
  const program = new Command('mhk')
    .description('Gets the Magic Hour API key from wherever it is kept.')
    // Not `version()`, which would have to know it at every start.
    .option('-V, --version', 'output the version number')
    .addHelpText('after', EXIT_CODES)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(hideArguments(text, argv)),
      getOutHelpWidth: () => widthOf(io.stdout),
      getErrHelpWidth: () => widthOf(io.stderr),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  program.on('option:version', () => {
    io.stdout.write(`${readVersion()}\n`);
    throw new CommanderError(EXIT.ok, 'commander.version', '');
  });
  // The settings above are only taken over by commands that are made afterwards.
  for (const add of ALL_COMMANDS) add(program, io, finish);
  return program;
}

/** By the package's own name, because a path from here is another one once the modules are bundled. */
function readVersion(): string {
  const manifest: unknown = createRequire(import.meta.url)('magic-hour-keys/package.json');
  return (manifest as { version: string }).version;
}
