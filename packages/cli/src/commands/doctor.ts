import { stripVTControlCharacters } from 'node:util';
import { createProblem } from '../cli-problem.ts';
import { ALL_CHECKS } from '../doctor/all-checks.ts';
import { describeFacts } from '../doctor/describe-facts.ts';
import type { DoctorFacts } from '../doctor/facts.ts';
import { sortFindings, type Finding, type FindingLevel } from '../doctor/finding.ts';
import { createHider } from '../doctor/hide-keys.ts';
import { lookAround } from '../doctor/look-around.ts';
import { toJson } from '../doctor/to-json.ts';
import type { EnvironmentOptions } from '../environment-options.ts';
import { EXIT } from '../exit-codes.ts';
import { say, type CliIo } from '../io.ts';
import { widthOf, wrap } from '../terminal/lines.ts';
import { withProgress } from '../terminal/progress.ts';
import { styleFor, type Style } from '../terminal/style.ts';

export interface DoctorOptions extends EnvironmentOptions {
  /** Every environment, instead of the one in use. */
  readonly all?: boolean | undefined;
  /** Asks the Magic Hour API whether it knows the key. */
  readonly probe?: boolean | undefined;
  /** Contacts no store, and nothing else over a network. */
  readonly offline?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/**
 * Looks for everything that can be wrong with the key, and says for each what to do.
 *
 * @returns 0 without errors and warnings, 1 with some, 78 where the configuration left nothing to look at.
 * @throws CliProblem for options that contradict each other.
 */
export async function doctor(options: DoctorOptions, io: CliIo): Promise<number> {
  const { env, config, all = false, probe = false, offline = false } = options;
  if (all && env !== undefined) throw contradiction('--all and --env', 'Leave one of them out.');
  if (probe && offline) throw contradiction('--probe and --offline', 'A probe asks the Magic Hour API.');
  const facts = await withProgress(io, 'looking around', (report) =>
    lookAround({ env, config, all, probe, offline }, io, report),
  );
  const hide = createHider(facts);
  const findings = sortFindings(ALL_CHECKS.flatMap((check) => check(facts))).map((finding) =>
    hideIn(finding, hide),
  );
  const isGood = findings.every(({ level }) => level === 'note');
  if (options.json) io.stdout.write(`${hide(JSON.stringify(toJson(facts, findings, isGood), null, 2))}\n`);
  else io.stdout.write(describe(facts, findings, { io, hide }));
  say(io, summarize(findings));
  if (isGood) return EXIT.ok;
  const sawNothing = facts.environments.every(({ links }) => links.length === 0);
  return sawNothing ? EXIT.config : EXIT.findings;
}

function hideIn({ title, fix, at, ...finding }: Finding, hide: (text: string) => string): Finding {
  const inOneLine = (text: string): string => hide(text.replaceAll('\n', ' '));
  return { ...finding, title: inOneLine(title), fix: hide(fix), at: at && inOneLine(at) };
}

function contradiction(names: string, hint: string): Error {
  return createProblem('usage', EXIT.usage, `${names} contradict each other`, hint);
}

function describe(
  facts: DoctorFacts,
  findings: readonly Finding[],
  { io, hide }: { readonly io: CliIo; readonly hide: (text: string) => string },
): string {
  const style = styleFor(io.stdout, io.env);
  const width = widthOf(io.stdout);
  const lines = describeFacts(facts).map(({ label, text }) =>
    beside(label.padEnd(LABEL_WIDTH), hide(text), width),
  );
  const isOneOfMany = facts.environments.length > 1;
  const told = findings.map((finding) => describeFinding(finding, { style, width, isOneOfMany }));
  return `${[...lines, ...(told.length > 0 ? [''] : []), ...told].join('\n')}\n`;
}

const LABEL_WIDTH = 'environment  '.length;
const LEVEL_WIDTH = 'warning  '.length;

interface Layout {
  readonly style: Style;
  readonly width: number;
  /** Then it is said which environment is meant. */
  readonly isOneOfMany: boolean;
}

/** What to do stands in lines of its own, to be copied. */
function describeFinding(
  { id, level, title, fix, at, environment }: Finding,
  { style, width, isOneOfMany }: Layout,
): string {
  const owner = isOneOfMany && environment !== undefined ? `${environment}: ` : '';
  const place = at === undefined || title.includes(at) ? '' : `${at}: `;
  const label = paint(level, style) + ' '.repeat(LEVEL_WIDTH - level.length);
  const advice = fix.split('\n').map((line) => beside(' '.repeat(LEVEL_WIDTH), line, width));
  return [beside(label, `${owner}${place}${title} [${id}]`, width), ...advice].join('\n');
}

/** The text in a column of its own. Sentences are broken; commands and policies, which begin otherwise, are not. */
function beside(label: string, text: string, width: number): string {
  const isCommand = /^(?:[a-z]+ |\s|[{}\]])/.test(text) && label.trim() === '';
  const columns = stripVTControlCharacters(label).length;
  const lines = isCommand ? [text] : wrap(text, { width: width - columns }).split('\n');
  return lines
    .map((line, at) => (at === 0 ? label : ' '.repeat(columns)) + line)
    .join('\n')
    .trimEnd();
}

function paint(level: FindingLevel, style: Style): string {
  if (level === 'error') return style.bad(level);
  return level === 'warning' ? style.warn(level) : style.dim(level);
}

const WORDS: Readonly<Record<FindingLevel, readonly [one: string, more: string]>> = {
  error: ['1 error', 'errors'],
  warning: ['1 warning', 'warnings'],
  note: ['1 note', 'notes'],
};

function summarize(findings: readonly Finding[]): string {
  const counts = (Object.keys(WORDS) as FindingLevel[]).flatMap((kind) => {
    const count = findings.filter(({ level }) => level === kind).length;
    const [one, more] = WORDS[kind];
    return count === 0 ? [] : [count === 1 ? one : `${count} ${more}`];
  });
  return counts.length === 0 ? 'nothing found' : counts.join(', ');
}
