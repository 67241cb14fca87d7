import { checkConfig } from '@magic-hour-keys/config';
import type { Command } from 'commander';
import { bashScript } from '../completion/bash.ts';
import { describeProgram } from '../completion/describe-program.ts';
import { fishScript } from '../completion/fish.ts';
import type { Shell } from '../completion/shells.ts';
import { zshScript } from '../completion/zsh.ts';
import { locationOf, type EnvironmentOptions } from '../environment-options.ts';
import { EXIT } from '../exit-codes.ts';
import { writeJson, type CliIo } from '../io.ts';

export interface CompletionOptions {
  readonly json?: boolean | undefined;
}

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** Prints the script that makes a shell complete `mhk`. */
export function completion(shell: Shell, { json }: CompletionOptions, program: Command, io: CliIo): number {
  const script = SCRIPTS[shell](describeProgram(program));
  if (json) writeJson(io, { shell, script });
  else io.stdout.write(script);
  return EXIT.ok;
}

/**
 * Prints the environments of the configuration, each in a line of its own. A person is typing, so it tells no problem;
 * and a shell reads it, so a name of another shape is left out.
 */
export function completeEnvironments(options: EnvironmentOptions, io: CliIo): number {
  const { environments } = checkConfig(locationOf(options, io));
  const names = environments.map(({ name }) => name).filter((name) => /^[A-Za-z0-9][\w.-]*$/.test(name));
  io.stdout.write(names.map((name) => `${name}\n`).join(''));
  return EXIT.ok;
}
