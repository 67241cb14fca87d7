import process from 'node:process';
import { inspect } from 'node:util';
import { collectSinks, searchText } from '@magic-hour-keys/testing';
import type { LeakEncoding } from '@magic-hour-keys/testing';

/** A text that somebody may read, and where. */
export interface SinkText {
  readonly sink: string;
  readonly text: string;
}

/** Where a secret was found. The secret itself is not in here. */
export interface Hit {
  readonly sink: string;
  readonly encoding: LeakEncoding;
  readonly secretIndex: number;
}

/** No secret goes on behind it. */
const SEPARATOR = '\n\n';

/** What is shown, by what it is, and the one of them with which a process might end. */
export interface CellContent {
  readonly shown: Readonly<Record<string, unknown>>;
  readonly failure: unknown;
}

/** Every text that these values turn into in this process. */
export async function collectCell(
  { shown, failure }: CellContent,
  options: { readonly keyIsInEnvironment?: boolean | undefined } = {},
): Promise<readonly SinkText[]> {
  const texts = Object.entries(shown).flatMap(([label, value]) => collectValue(label, value));
  const warnings = await Promise.all(Object.entries(shown).map(showWarning));
  return [...texts, ...warnings, showReport(failure, options.keyIsInEnvironment === true)];
}

/** In how many ways these texts show a secret, without saying where: one search for all of them. */
export function countHits(texts: readonly SinkText[], secrets: readonly string[]): number {
  return searchText(distinctTexts(texts).join(SEPARATOR), secrets).length;
}

/** Searches many texts at once, and looks closer only where there is something to find. */
export function findHits(texts: readonly SinkText[], secrets: readonly string[]): readonly Hit[] {
  const hitsOf = new Map(findGuiltyTexts(distinctTexts(texts), secrets));
  return texts.flatMap(({ sink, text }) =>
    (hitsOf.get(text) ?? []).map(({ encoding, secretIndex }) => ({
      sink: nameSafely(sink, secrets),
      encoding,
      secretIndex,
    })),
  );
}

function findGuiltyTexts(
  texts: readonly string[],
  secrets: readonly string[],
): readonly (readonly [text: string, hits: ReturnType<typeof searchText>])[] {
  const hits = searchText(texts.join(SEPARATOR), secrets);
  if (hits.length === 0) return [];
  if (texts.length === 1) return texts.map((text) => [text, hits]);
  const middle = Math.ceil(texts.length / 2);
  return [texts.slice(0, middle), texts.slice(middle)].flatMap((half) => findGuiltyTexts(half, secrets));
}

function distinctTexts(texts: readonly SinkText[]): readonly string[] {
  return [...new Set(texts.map(({ text }) => text))];
}

function collectValue(label: string, value: unknown): SinkText[] {
  const { sinks, complete } = collectSinks(value);
  // A value that was not read to its end proves nothing.
  if (!complete) throw new Error(`${label} holds more than can be searched`);
  return sinks.map(({ name, text }) => ({ sink: `${label}: ${name}`, text }));
}

/** The path to a member can hold the secret. */
function nameSafely(sink: string, secrets: readonly string[]): string {
  return searchText(sink, secrets).length === 0 ? sink : 'a sink whose name holds the secret';
}

/** Keeps warnings off the terminal, where Node would print each of them; returns the function that ends it. */
export function muteWarnings(): () => void {
  const listeners = process.listeners('warning');
  process.removeAllListeners('warning');
  return () => listeners.forEach((listener) => process.on('warning', listener));
}

/** What Node prints for a warning, and what it gives to those who listen for warnings. */
async function showWarning([label, value]: readonly [string, unknown]): Promise<SinkText> {
  const sink = `${label}: process.emitWarning`;
  try {
    const warned = whenWarnedWith(value);
    process.emitWarning(value as Error);
    const warning = await warned;
    const detail: unknown = Reflect.get(warning, 'detail');
    return { sink, text: [String(warning), warning.stack, inspect(detail), inspect(warning)].join('\n') };
  } catch (refusal) {
    // Node refuses what is no error, with an error that describes what it got.
    return { sink, text: inspect(refusal) };
  }
}

function whenWarnedWith(value: unknown): Promise<Error> {
  return new Promise((resolve) => {
    if (!(value instanceof Error) && typeof value !== 'string') return;
    process.on('warning', function listen(warning: Error) {
      if (warning !== value && warning.message !== value) return;
      process.off('warning', listen);
      resolve(warning);
    });
  });
}

/**
 * The diagnostic report of a process that fails with this. Node writes the whole environment into it, which no library
 * can prevent (node --report-exclude-env, from Node 22.13 on); so that part is left out where the key came from there.
 */
function showReport(failure: unknown, withoutEnvironment: boolean): SinkText {
  const sink = 'process.report';
  try {
    const error = failure instanceof Error ? failure : new Error('the program itself fails');
    // Its type says text, and it is an object.
    const report: unknown = process.report.getReport(error);
    const left = withoutEnvironment ? { ...(report as object), environmentVariables: undefined } : report;
    return { sink, text: JSON.stringify(left) };
  } catch (refusal) {
    return { sink, text: inspect(refusal) };
  }
}
