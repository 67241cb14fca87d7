import { holdsKey } from '../hide-arguments.ts';
import type { CliIo } from '../io.ts';
import { ask } from '../terminal/ask.ts';
import type { Facts } from './facts.ts';
import { suggestSource, type Wish } from './propose.ts';
import { isSourceName, openOptions, SOURCE_NAMES, type SourceName } from './setups.ts';

/** Asks for what the options left open. An empty answer takes what stands in brackets. */
export async function completeWish(given: Wish, facts: Facts, io: CliIo): Promise<Wish> {
  const environment =
    given.environment ?? (facts.existing ? await askEnvironment(facts.existing, io) : undefined);
  const name = environment ?? 'production';
  const source = given.source ?? (await askSource(name, facts, io));
  const options: Record<string, unknown> = { ...given.options };
  if (!isSourceName(source)) return { environment, source, options };
  for (const { option, question, guess, variable } of openOptions(source, options, facts)) {
    // What may come from a variable is not asked for: where the program runs it may be set.
    if (variable !== undefined) continue;
    // oxlint-disable-next-line no-await-in-loop
    options[option] = await ask(io, question, { fallback: guess });
  }
  return { environment, source, options };
}

/** Until the answer can be a name, which is shown from then on. */
async function askEnvironment(
  { environments }: { environments: readonly string[] },
  io: CliIo,
): Promise<string> {
  const question = `The environment to add or to change (there are ${environments.join(', ')})?`;
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop
    const answer = await ask(io, question);
    if (/^[\w.-]{1,48}$/.test(answer) && !holdsKey([answer])) return answer;
  }
}

async function askSource(environment: string, facts: Facts, io: CliIo): Promise<SourceName> {
  const fallback = environment === 'development' ? 'env' : (suggestSource(facts)?.source ?? 'env');
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop
    const answer = await ask(io, `Where is the key of ${environment}? ${SOURCE_NAMES.join(', ')}:`, {
      fallback,
    });
    if (isSourceName(answer)) return answer;
  }
}
