import type { LeakEncoding } from './encodings.ts';
import { createSearch } from './search-text.ts';
import { collectSinks } from './sinks.ts';

/** Where a value gives a secret away. The secret is not in here. */
export interface Leak {
  /** Such as `"inspect"` or `"walk .cause.config.headers.authorization"`. */
  readonly sink: string;
  readonly encoding: LeakEncoding;
  /** The offset in the text that the sink showed, in UTF-16 units. */
  readonly at: number;
  /** Which of the secrets, counted from 0. */
  readonly secretIndex: number;
}

/**
 * Looks for secrets in everything that a value shows: converted to text, inspected, formatted, as JSON, copied, on the
 * console, and in every property that can be reached. `[]` means clean. A text or bytes are searched directly.
 *
 * Never throws because of the value. A value too large to be read whole is reported as `unsearched`.
 *
 * @throws TypeError when there is nothing to look for, because an empty answer would prove nothing.
 */
export function findLeaks(value: unknown, secrets: readonly string[]): readonly Leak[] {
  const search = createSearch(secrets);
  const { sinks, complete } = collectSinks(value);
  const leaks = sinks.flatMap(({ name, text }) =>
    search(text).map((leak): Leak => ({ sink: safeName(name, search), ...leak })),
  );
  if (complete) return leaks;
  return [...leaks, { sink: 'walk', encoding: 'unsearched', at: 0, secretIndex: 0 }];
}

/** The name of a property can be the secret itself. */
function safeName(name: string, search: (text: string) => readonly unknown[]): string {
  return search(name).length > 0 ? 'walk (under a name that holds the secret)' : name;
}
