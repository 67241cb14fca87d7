import { inspect } from 'node:util';

/** A place where a value shows itself, and what it shows there. */
export interface Sink {
  /** Such as `"JSON.stringify"` or `"walk .cause.config.headers"`; it may hold names of properties. */
  readonly name: string;
  readonly text: string;
}

/** What a sink shows; where it throws, what the error shows, because that is printed too. */
export function attempt(name: string, show: () => unknown): Sink {
  try {
    return { name, text: textOf(show()) };
  } catch (error) {
    return showThrown(name, error);
  }
}

export function showThrown(name: string, error: unknown): Sink {
  const shows = [
    () => String(error),
    () => property(error, 'message'),
    () => property(error, 'stack'),
    () => inspect(error),
  ];
  return { name: `${name} (it threw)`, text: shows.map(orNothing).join('\n') };
}

/** A member that may be hidden, missing or a getter. */
export function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** An object in the place of a text is no text; the walk sees what is in it. */
function textOf(shown: unknown): string {
  return typeof shown === 'string' ? shown : '';
}

function orNothing(show: () => unknown): string {
  try {
    return textOf(show());
  } catch {
    // Whatever can't be shown without throwing again shows nothing to anybody.
    return '';
  }
}
