import type { DescribedProgram } from './describe-program.ts';
import { ENVIRONMENTS_COMMAND } from './shells.ts';

/**
 * The script for bash. Names of environments come from a file, so they never go through `compgen -W`, which would run
 * `$(…)` in them.
 */
export function bashScript({ commands, options }: DescribedProgram): string {
  const optionsWith = (kind: string) =>
    commands.flatMap((command) => command.options.filter(({ value }) => value === kind));
  const values = (kind: string): string => [...new Set(optionsWith(kind).map(({ name }) => name))].join('|');
  return `# Completion of mhk for bash: eval "$(mhk completion bash)"
_mhk_offer() {
  local line
  while IFS= read -r line; do COMPREPLY+=("$line"); done
}
_mhk() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD - 1]}"
  local command= config= words= word line at
  COMPREPLY=()
  # bash makes words of their own of "=" and of what stands behind it.
  if [[ $current == = ]]; then
    current=
  elif [[ $previous == = ]]; then
    previous="\${COMP_WORDS[COMP_CWORD - 2]}"
  fi
  for ((at = 1; at < COMP_CWORD; at++)); do
    word="\${COMP_WORDS[at]}"
    if [[ $word == -- ]]; then
      # Another program's words; the first of them is its name.
      if [[ $command == exec && $at -eq $((COMP_CWORD - 1)) ]]; then
        _mhk_offer < <(compgen -c -- "$current")
      fi
      return
    fi
    [[ $command == "" && $word != -* ]] && command=$word
    [[ $word == --config ]] && config="\${COMP_WORDS[at + 1]/#=/\${COMP_WORDS[at + 2]}}"
  done
  case "$previous" in
    ${values('environment')})
      while IFS= read -r line; do
        [[ $line == "$current"* ]] && COMPREPLY+=("$line")
      done < <("\${COMP_WORDS[0]}" ${ENVIRONMENTS_COMMAND} \${config:+--config "$config"} 2>/dev/null)
      return ;;
    ${values('file')})
      _mhk_offer < <(compgen -f -- "$current")
      return ;;
    ${values('other')})
      return ;;
  esac
  case "$command" in
    '') words='${[...commands.map(({ name }) => name), ...options.map(({ name }) => name)].join(' ')}' ;;
${commands.map((command) => `    ${command.name}) words='${wordsOf(command)}' ;;`).join('\n')}
  esac
  [[ $command != "" && $current != -* && $words != [^-]* ]] && return
  _mhk_offer < <(compgen -W "$words" -- "$current")
}
complete -o bashdefault -o default -F _mhk mhk
`;
}

function wordsOf({ choices, options }: DescribedProgram['commands'][number]): string {
  return [...choices, ...options.map(({ name }) => name)].join(' ');
}
