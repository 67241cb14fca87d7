// The command lines of `mhk` in the documentation, compared with what its own --help says.
import { main } from 'magic-hour-keys';
import type { Block, Page } from './pages.ts';

export interface CommandLine {
  readonly place: string;
  /** Without `mhk`: `['get', '--env', 'production']`. */
  readonly words: readonly string[];
}

/** Those that begin a command, wherever one may begin: also behind a pipe, in a substitution and in a workflow. */
const IN_SHELL = /(?:^|[|&;(]|\brun: |\$ |-- )\s*(?:npx )?mhk +([^\n|&;)#]*)/gm;
const IN_PROSE = /`(?:npx )?mhk +([^`]+)`/g;

export function listCommandLines({ path, prose, blocks }: Page): readonly CommandLine[] {
  const shown = blocks.filter(({ language }) => ['sh', 'console', 'yaml'].includes(language));
  return [
    ...shown.flatMap(({ place, text }) => find(place, text.replaceAll('\\\n', ' '), IN_SHELL)),
    ...find(path, prose.replaceAll('\n', ' '), IN_PROSE),
  ];
}

function find(place: string, text: string, pattern: RegExp): readonly CommandLine[] {
  const found = [...text.matchAll(pattern)].map(([, line = '']) => line.trim().split(/\s+/));
  return found.map((words) => ({ place, words }));
}

/** What mhk says for --help, of itself or of one command; undefined where there is no such command. */
export type ReadHelp = (command?: string) => Promise<string | undefined>;

export function createHelpReader(): ReadHelp {
  const known = new Map<string, Promise<string | undefined>>();
  return (command = '') => {
    const help = known.get(command) ?? readHelp(command);
    known.set(command, help);
    return help;
  };
}

async function readHelp(command: string): Promise<string | undefined> {
  let help = '';
  const stdout = { write: (text: string | Uint8Array) => void (help += Buffer.from(text).toString()) };
  const argv = command === '' ? ['--help'] : [command, '--help'];
  const exitCode = await main(argv, { stdout, stderr: { write: () => true }, env: {}, cwd: '/' });
  return exitCode === 0 && help.includes(`mhk ${command}`.trim()) ? help : undefined;
}

/** What is wrong with it; nothing where the command and all of its options are there. */
export async function judgeCommandLine(
  { place, words }: CommandLine,
  read: ReadHelp,
): Promise<readonly string[]> {
  const [command = '', ...rest] = words;
  const own = rest.slice(0, rest.includes('--') ? rest.indexOf('--') : undefined);
  const options = [command, ...own].filter((word) => /^\[?--?[a-z]/.test(word)).map(nameOf);
  const isCommand = /^[a-z]/.test(command);
  const help = await read(isCommand ? command : '');
  if (help === undefined) return [`${place}: there is no command mhk ${command}`];
  const missing = options.filter((option) => !new RegExp(`(?<![\\w-])${option}(?![\\w-])`).test(help));
  return missing.map((option) => `${place}: mhk ${command} has no option ${option}`);
}

/** `[--env` and `--env=production` name the option --env. */
function nameOf(word: string): string {
  return word.replace(/^\[/, '').replace(/[\]=,].*$/, '');
}

/** Ways to hand a secret over in an argument, where the list of processes and the history of the shell show it. */
const IN_ARGUMENT: readonly RegExp[] = [
  /--from-literal\b/,
  /--secret-string (?!file:)/,
  /\bkeyvault secret set\b(?=.*--value)/,
  /\bgh secret set\b.*(?:--body|\s-b\b)/,
  /\bkv (?:put|patch)\b.*\w+=(?!-(?:\s|$))\S/,
  /--data-file=(?!-|new-key)/,
  /MAGIC_HOUR_API_KEY=(?![…'"]|\s|$)/,
  /--env MAGIC_HOUR_API_KEY\b/,
  /Bearer (?!\$)[A-Za-z0-9_]{8,}/,
];

/** Lines that would put a key where others can see it. */
export function findKeysInArguments({ place, text }: Block): readonly string[] {
  const lines = text.replaceAll('\\\n', ' ').split('\n');
  return lines
    .filter((line) => IN_ARGUMENT.some((pattern) => pattern.test(line)))
    .map((line) => `${place}: ${line}`);
}
