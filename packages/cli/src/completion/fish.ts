import type { DescribedOption, DescribedProgram } from './describe-program.ts';
import { ENVIRONMENTS_COMMAND } from './shells.ts';

/** The script for fish: `mhk completion fish | source`, or in a file of `~/.config/fish/completions`. */
export function fishScript({ commands, options }: DescribedProgram): string {
  const atStart = quote('__fish_use_subcommand');
  const lines = [
    ...options.map((option) => `complete -c mhk -n ${atStart} ${optionOf(option)}`),
    ...commands.flatMap(({ name, description, options: own, choices }) => {
      const inside = quote(`__fish_seen_subcommand_from ${name}`);
      return [
        `complete -c mhk -n ${atStart} -f -a ${name} -d ${quote(description)}`,
        ...own.map((option) => `complete -c mhk -n ${inside} ${optionOf(option)}`),
        ...(choices.length > 0 ? [`complete -c mhk -n ${inside} -f -a ${quote(choices.join(' '))}`] : []),
      ];
    }),
  ];
  return `# Completion of mhk for fish: mhk completion fish | source\n${lines.join('\n')}\n`;
}

const VALUES = {
  none: '',
  environment: ` -x -a '(mhk ${ENVIRONMENTS_COMMAND} 2>/dev/null)'`,
  file: ' -r -F',
  other: ' -x',
};

function optionOf({ name, description, value }: DescribedOption): string {
  const flag = name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`;
  return `${flag}${VALUES[value]} -d ${quote(description)}`;
}

function quote(text: string): string {
  return `'${text.replaceAll(/[\\']/g, String.raw`\$&`)}'`;
}
