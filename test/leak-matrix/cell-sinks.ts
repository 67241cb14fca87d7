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

/** Every text that these values turn into, in every sink of this process. */
export async function collectCell(
  shown: Readonly<Record<string, unknown>>,
  options: { readonly keyIsInEnvironment?: boolean | undefined } = {},
): Promise<readonly SinkText[]> {
  const texts: SinkText[] = [];
  for (const [label, value] of Object.entries(shown)) {
    const { sinks, complete } = collectSinks(value);
    texts.push(...sinks.map(({ name, text }) => ({ sink: `${label}: ${name}`, text })));
    // A value that was not read to its end proves nothing, so it must fail the cell.
    if (!complete) throw new Error(`${label} holds more than can be searched`);
    if (typeof value !== 'object' || value === null) continue;
    // One warning at a time, because a process has one list of listeners.
    // oxlint-disable-next-line no-await-in-loop
    texts.push({ sink: `${label}: process.emitWarning`, text: await showWarning(value) });
    const report = showReport(value, options.keyIsInEnvironment === true);
    texts.push({ sink: `${label}: process.report`, text: report });
  }
  return texts;
}

/** Searches all texts at once, and one by one only when there is something to find. */
export function findHits(texts: readonly SinkText[], secrets: readonly string[]): readonly Hit[] {
  const whole = [...new Set(texts.map(({ text }) => text))].join('\n\n');
  if (searchText(whole, secrets).length === 0) return [];
  const hitsOf = new Map<string, readonly Omit<Hit, 'sink'>[]>();
  return texts.flatMap(({ sink, text }) => {
    const hits = hitsOf.get(text) ?? searchText(text, secrets);
    hitsOf.set(text, hits);
    return hits.map(({ encoding, secretIndex }) => ({ sink: nameSafely(sink, secrets), encoding, secretIndex }));
  });
}

/** The path to a member can hold the secret. */
function nameSafely(sink: string, secrets: readonly string[]): string {
  return searchText(sink, secrets).length === 0 ? sink : 'a sink whose name holds the secret';
}

/** What Node prints for a warning, and what it gives to those who listen for warnings. */
async function showWarning(value: object): Promise<string> {
  const listeners = process.listeners('warning');
  process.removeAllListeners('warning');
  try {
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
    process.emitWarning(value as Error);
    const warning = await warned;
    return [String(warning), warning.stack, Reflect.get(warning, 'detail'), inspect(warning)].join('\n');
  } catch (refusal) {
    // Node refuses what is no error with one that describes what it got.
    return inspect(refusal);
  } finally {
    process.removeAllListeners('warning');
    for (const listener of listeners) process.on('warning', listener);
  }
}

/**
 * The diagnostic report of a process that fails with this. Node writes the whole environment into it, which no library
 * can prevent (node --report-exclude-env, from Node 22.13 on); so that part is left out where the key came from there.
 */
function showReport(value: object, withoutEnvironment: boolean): string {
  try {
    const report = process.report.getReport(value as Error) as { environmentVariables?: unknown };
    if (withoutEnvironment) delete report.environmentVariables;
    return typeof report === 'string' ? report : JSON.stringify(report);
  } catch (refusal) {
    return inspect(refusal);
  }
}
