import { findLeaks } from '../find-leaks.ts';
import { createSearch } from '../search-text.ts';
import { collectSinks } from '../sinks.ts';

/** Where a value gives a secret away, such as `"inspect (raw)"`; none where it does not. */
export type LeakSearch = (value: unknown) => readonly string[];

/**
 * `findLeaks` for the many errors of a suite. An error shows the same few texts in most of its sinks, so these are
 * searched once and together; only where that finds something is the sink looked for.
 */
export function createLeakSearch(secrets: readonly string[]): LeakSearch {
  const search = createSearch(secrets);
  return (value) => {
    const { sinks, complete } = collectSinks(value);
    const texts = new Set(sinks.flatMap(({ name, text }) => [name, text]));
    // Separated by what no encoding is made of and no search takes out.
    if (complete && search([...texts].join(' | ')).length === 0) return [];
    return findLeaks(value, secrets).map(({ sink, encoding }) => `${sink} (${encoding})`);
  };
}
