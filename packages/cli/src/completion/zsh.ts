import type { DescribedCommand, DescribedOption, DescribedProgram } from './describe-program.ts';
import { ENVIRONMENTS_COMMAND } from './shells.ts';

/** The script for zsh: as a file `_mhk` in a folder of `fpath`, or by `eval "$(mhk completion zsh)"`. */
export function zshScript({ commands, options }: DescribedProgram): string {
  const names = commands.map(({ name, description }) =>
    quote(`${name}:${description.replaceAll(':', '\\:')}`),
  );
  return `#compdef mhk
# Completion of mhk for zsh: eval "$(mhk completion zsh)"
_mhk_environments() {
  local -a names
  local at=\${words[(I)--config]}
  names=(\${(f)"$(mhk ${ENVIRONMENTS_COMMAND} \${words[at]:+--config "\${words[at + 1]}"} 2>/dev/null)"})
  compadd -a names
}
_mhk() {
  local -a commands
  commands=(
${names.map((name) => `    ${name}`).join('\n')}
  )
  if ((CURRENT == 2)); then
    _describe command commands
    _arguments ${options.map(argumentOf).join(' ')}
    return
  fi
  local command=\${words[2]}
  # What stands behind -- is another program's.
  local at=\${words[(i)--]}
  if ((at < CURRENT)); then
    shift $((at)) words
    ((CURRENT -= at))
    _normal
    return
  fi
  shift words
  ((CURRENT -= 1))
  case $command in
${commands.map((command) => `    ${command.name}) _arguments ${specificationOf(command)} ;;`).join('\n')}
  esac
}
if [[ $funcstack[1] == _mhk ]]; then
  _mhk "$@"
else
  compdef _mhk mhk
fi
`;
}

function specificationOf({ options, choices }: DescribedCommand): string {
  const rest = choices.length > 0 ? quote(`1:argument:(${choices.join(' ')})`) : quote('*:file:_files');
  return [...options.map(argumentOf), rest].join(' ');
}

const ACTIONS = {
  none: '',
  environment: ':environment:_mhk_environments',
  file: ':file:_files',
  other: ':value:',
};

function argumentOf({ name, description, value }: DescribedOption): string {
  return quote(`${name}[${description.replaceAll(/[[\]\\:]/g, String.raw`\$&`)}]${ACTIONS[value]}`);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
