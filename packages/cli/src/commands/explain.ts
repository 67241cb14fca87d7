import { loadKeySources } from '@magic-hour-keys/config';
import { createKeyProvider, isKeyError, type KeyErrorCode, type KeySource } from '@magic-hour-keys/core';
import { locationOf, type EnvironmentOptions } from '../environment-options.ts';
import { EXIT, exitCodeOf } from '../exit-codes.ts';
import { goesOn } from '../goes-on.ts';
import { say, writeJson, type CliIo } from '../io.ts';
import { widthOf, wrap } from '../terminal/lines.ts';
import { withProgress } from '../terminal/progress.ts';
import { styleFor, type Style } from '../terminal/style.ts';

export interface ExplainOptions extends EnvironmentOptions {
  /** Asks the links behind the one that answers too. */
  readonly all?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** What one link of the chain said. */
interface Answer {
  readonly source: string;
  readonly location: string;
  /** `key` where it has one, `not asked` where one before it answered or stopped the walk. */
  readonly outcome: 'key' | 'not asked' | KeyErrorCode;
  readonly last4: string | null;
  readonly version: string | null;
  readonly createdAt: string | null;
  readonly durationMs: number | null;
  readonly hint: string | null;
}

/**
 * Walks the chain as the application does, and shows what each link said and how long it took.
 *
 * @throws KeyError `invalid_config` where the configuration is wrong.
 */
export async function explain(options: ExplainOptions, io: CliIo): Promise<number> {
  const answers: Answer[] = [];
  let decided: Answer | undefined;
  for (const source of loadKeySources(locationOf(options, io))) {
    // Each link is asked after the one before it, as in the application.
    // oxlint-disable-next-line no-await-in-loop
    const answer = decided && !options.all ? await skip(source) : await ask(source, io);
    answers.push(answer);
    if (decides(answer)) decided ??= answer;
  }
  const used = decided?.outcome === 'key' ? answers.indexOf(decided) : -1;
  if (options.json) writeJson(io, { answers, used: used < 0 ? null : used });
  else io.stdout.write(describe(answers, used, io));
  if (used >= 0) return EXIT.ok;
  say(io, decided ? 'this stops the walk: only a link that has no key lets it go on' : 'no link has a key');
  return exitOf(decided ?? answers.at(-1));
}

/** It has the key, or stops the walk. */
function decides({ outcome }: Answer): boolean {
  if (outcome === 'not asked') return false;
  return outcome === 'key' || !goesOn(outcome);
}

async function ask(source: KeySource, io: CliIo): Promise<Answer> {
  return withProgress(io, `mhk: asking ${source.name} (${source.location})`, () => answerOf(source));
}

async function answerOf(source: KeySource): Promise<Answer> {
  const began = performance.now();
  const provider = createKeyProvider(source, { watch: false });
  const place = { source: source.name, location: source.location };
  const since = (): number => Math.round(performance.now() - began);
  try {
    const { last4, version = null, createdAt } = await provider.getKey();
    const stored = createdAt?.toISOString() ?? null;
    return { ...place, outcome: 'key', last4, version, createdAt: stored, durationMs: since(), hint: null };
  } catch (error) {
    if (!isKeyError(error)) throw error;
    const { code, hint = null } = error;
    return { ...place, ...withoutKey(code), durationMs: since(), hint };
  } finally {
    await provider.close();
  }
}

async function skip(source: KeySource): Promise<Answer> {
  await source.close?.();
  const { name, location } = source;
  return { source: name, location, ...withoutKey('not asked'), durationMs: null, hint: null };
}

function withoutKey(outcome: Answer['outcome']): Pick<Answer, 'outcome' | 'last4' | 'version' | 'createdAt'> {
  return { outcome, last4: null, version: null, createdAt: null };
}

function describe(answers: readonly Answer[], used: number, { stdout, env }: CliIo): string {
  const look = {
    style: styleFor(stdout, env),
    column: 4 + Math.max(...answers.map(({ source }) => source.length)),
    width: widthOf(stdout),
  };
  return answers.map((answer, at) => describeOne(answer, at === used, look)).join('');
}

interface Look {
  readonly style: Style;
  /** Where the second column begins. */
  readonly column: number;
  readonly width: number;
}

function describeOne(answer: Answer, isUsed: boolean, { style, column, width }: Look): string {
  const { source, location, durationMs, hint } = answer;
  const indent = ' '.repeat(column);
  const took = durationMs === null ? '' : `  ${durationMs} ms`;
  const label = `${isUsed ? '*' : ' '} ${source}`.padEnd(column);
  const line = `${label}${paintOutcome(answer, style)}${took}  (${location})`;
  const advice = hint === null ? '' : `${style.dim(wrap(indent + hint, { width, indent }))}\n`;
  return `${wrap(line, { width, indent })}\n${advice}`;
}

function paintOutcome({ outcome, last4, version }: Answer, style: Style): string {
  if (outcome === 'key') return style.good(`key …${last4}${version === null ? '' : `, version ${version}`}`);
  return outcome === 'not asked' || goesOn(outcome) ? style.dim(outcome) : style.bad(outcome);
}

function exitOf(answer: Answer | undefined): number {
  const { outcome = 'not_found' } = answer ?? {};
  return outcome === 'key' || outcome === 'not asked' ? EXIT.noInput : exitCodeOf(outcome);
}
