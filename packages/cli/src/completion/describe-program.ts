import type { Command, Option } from 'commander';

/** What a shell needs to know of a program; read from the program itself, so that it is never out of date. */
export interface DescribedCommand {
  readonly name: string;
  readonly description: string;
  readonly options: readonly DescribedOption[];
  /** What its arguments can be, where only some words can. */
  readonly choices: readonly string[];
}

export interface DescribedOption {
  /** With its dashes. */
  readonly name: string;
  readonly description: string;
  readonly value: ValueKind;
}

/** What follows an option: nothing, the name of an environment, a file, or something that nobody can guess. */
export type ValueKind = 'none' | 'environment' | 'file' | 'other';

export interface DescribedProgram {
  readonly commands: readonly DescribedCommand[];
  /** Those that stand without a command. */
  readonly options: readonly DescribedOption[];
}

export function describeProgram(program: Command): DescribedProgram {
  const help = program.createHelp();
  const visible = help.visibleCommands(program);
  const commands = visible.map((command) => ({
    name: command.name(),
    description: command.description(),
    options: help.visibleOptions(command).map(describeOption),
    choices:
      command.name() === 'help'
        ? visible.filter((other) => other !== command).map((other) => other.name())
        : command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices),
  }));
  return { commands, options: help.visibleOptions(program).map(describeOption) };
}

function describeOption(option: Option): DescribedOption {
  const name = option.long ?? option.short ?? '';
  return { name, description: option.description, value: kindOf(option) };
}

function kindOf({ long, required, optional, flags }: Option): ValueKind {
  if (!required && !optional) return 'none';
  if (long === '--env') return 'environment';
  return flags.includes('<file>') ? 'file' : 'other';
}
