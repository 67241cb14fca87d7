import type { Facts } from './facts.ts';
import { findClues, type Clue } from './find-clues.ts';
import { isSourceName, openOptions, type SourceName } from './setups.ts';

/** What the user has said so far. */
export interface Wish {
  readonly environment?: string | undefined;
  readonly source?: string | undefined;
  readonly options: Readonly<Record<string, unknown>>;
}

export interface ProposedEnvironment {
  readonly name: string;
  /** As it is written. */
  readonly content: Readonly<Record<string, unknown>>;
  /** Why this source. */
  readonly because: string;
  /** Options that nobody has said. */
  readonly guessed: readonly string[];
  /** Options without which it does not work, and that can't be guessed. */
  readonly missing: readonly string[];
}

export interface Proposal {
  readonly environments: readonly ProposedEnvironment[];
  /** What else there is to know or to do, in whole sentences. */
  readonly remarks: readonly string[];
}

/** A developer's own key, in a file that git ignores. */
const DEVELOPMENT: ProposedEnvironment = {
  name: 'development',
  content: { source: 'env', files: ['.env.local', '.env'] },
  because: 'a developer keeps their own key in a file that git ignores',
  guessed: [],
  missing: [],
};

/** What to write, from what is there and what was said. Nothing is looked at and nothing is done. */
export function propose(facts: Facts, wish: Wish): Proposal {
  const name = wish.environment ?? 'production';
  const chosen = proposeOne(name, facts, wish);
  const isNew = facts.existing === undefined && name !== DEVELOPMENT.name;
  const environments = isNew ? [DEVELOPMENT, chosen] : [chosen];
  return {
    environments,
    remarks: [...remarkOnChoice(chosen, facts, wish), ...remarkOnVariables(chosen, facts)],
  };
}

/** The source that speaks for itself; undefined where none does. */
export function suggestSource(facts: Facts): Clue | undefined {
  return findClues(facts)[0];
}

function proposeOne(name: string, facts: Facts, wish: Wish): ProposedEnvironment {
  if (wish.source !== undefined) {
    return environmentOf(name, wish.source, { because: 'you said so', facts, options: wish.options });
  }
  const clue = name === DEVELOPMENT.name ? undefined : suggestSource(facts);
  if (clue?.isSure) {
    const { source, because } = clue;
    const found = environmentOf(name, source, { because, facts, options: wish.options });
    if (found.missing.length === 0) return found;
  }
  if (name === DEVELOPMENT.name) {
    return { ...DEVELOPMENT, content: { ...DEVELOPMENT.content, ...wish.options } };
  }
  const because = 'nothing else is known of where the key is kept';
  return environmentOf(name, 'env', { because, facts, options: wish.options });
}

function environmentOf(
  name: string,
  source: string,
  { because, facts, options }: { because: string; facts: Facts; options: Wish['options'] },
): ProposedEnvironment {
  const base = { name, because, guessed: [], missing: [] };
  if (!isSourceName(source)) return { ...base, content: { source, ...options } };
  if (source === 'env') {
    const files = name === DEVELOPMENT.name ? DEVELOPMENT.content['files'] : [];
    return { ...base, content: { source, files, ...options } };
  }
  const open = openOptions(source, options, facts);
  const guesses = open.flatMap(({ option, guess }) =>
    guess === undefined ? [] : [[option, guess] as const],
  );
  const login = loginFor(source, options, facts);
  return {
    ...base,
    content: { source, ...Object.fromEntries(guesses), ...login, ...options },
    guessed: [...guesses.map(([option]) => option), ...(login ? ['auth.role'] : [])],
    // A source that can take it from a variable may find it where the program runs.
    missing: open
      .filter(({ guess, variable }) => guess === undefined && variable === undefined)
      .map(({ option }) => option),
  };
}

/** In a pod, Vault knows the service account; elsewhere a token is found by itself. */
function loginFor(
  source: SourceName,
  options: Wish['options'],
  { variables }: Facts,
): { readonly auth: object } | undefined {
  const isPod = variables.has('KUBERNETES_SERVICE_HOST') && !variables.has('VAULT_TOKEN');
  if (source !== 'vault' || !isPod || Object.hasOwn(options, 'auth')) return undefined;
  return { auth: { method: 'kubernetes', role: 'magic-hour' } };
}

function remarkOnChoice(
  { name, content, guessed, missing }: ProposedEnvironment,
  facts: Facts,
  wish: Wish,
): readonly string[] {
  const clue = suggestSource(facts);
  const isOther = wish.source === undefined && clue !== undefined && content['source'] !== clue.source;
  return [
    ...(guessed.length > 0
      ? [`${listNames(guessed)} of ${name} is a guess: correct it where it is wrong.`]
      : []),
    ...(isOther && missing.length === 0 && name !== DEVELOPMENT.name
      ? [`To read ${name} from a store (${clue.because}): ${commandFor(name, clue.source, facts)}`]
      : []),
  ];
}

function commandFor(name: string, source: SourceName, facts: Facts): string {
  const needed = openOptions(source, {}, facts)
    .filter(({ guess }) => guess === undefined)
    .map(({ option }) => ` --option ${option}=…`);
  return `mhk init --force --env ${name} --source ${source}${needed.join('')}`;
}

function remarkOnVariables({ name, content }: ProposedEnvironment, facts: Facts): readonly string[] {
  const source = String(content['source']);
  if (!isSourceName(source)) return [];
  return openOptions(source, content, facts).flatMap(({ option, variable }) =>
    variable === undefined
      ? []
      : [
          `${name} needs ${variable} where it runs, and it is not set here; or write it down: --option ${option}=…`,
        ],
  );
}

function listNames(names: readonly string[]): string {
  return names.join(' and ');
}
