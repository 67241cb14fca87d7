import { describePath } from '../environment-text.ts';
import { say, type CliIo } from '../io.ts';
import { findClues } from './find-clues.ts';
import type { Plan } from './make-plan.ts';

/** The file goes to stdout, and why it is so to stderr. */
export function showPlan({ text, facts, environments, action }: Plan, io: CliIo): void {
  io.stdout.write(text);
  for (const { name, content, because } of environments) {
    say(io, `${name} reads ${String(content['source'])}, because ${because}`);
  }
  if (action === 'create' || action === 'overwrite') return;
  say(io, `the rest of ${describePath(facts.configFile, io)} stays as it is`);
}

export interface PlanResult {
  readonly isWritten: boolean;
  /** What was done to the files that keep `.env` out. */
  readonly added: readonly string[];
}

export function tellEnd(plan: Plan, { isWritten, added }: PlanResult, io: CliIo): void {
  const { facts, remarks, install } = plan;
  say(io, isWritten ? `wrote ${describePath(facts.configFile, io)}` : 'nothing was written');
  for (const line of [...added, ...remarks]) say(io, line);
  if (install !== undefined) {
    say(io, 'install what it needs:');
    // In one line however long, because it is copied.
    io.stderr.write(`  ${install}\n`);
  }
  if (isWritten) say(io, 'then see whether it works: mhk check, mhk get');
}

/** The same members each time. */
export function toJson(plan: Plan, isWritten: boolean): unknown {
  const { facts, environments, action, text, ignoreFiles, install = null, remarks } = plan;
  return {
    written: isWritten,
    config: facts.configFile,
    action,
    environments: environments.map(({ name, content, because, guessed }) => ({
      name,
      content,
      because,
      guessed,
    })),
    text,
    ignoreFiles: ignoreFiles.map(({ path, missing }) => ({ path, lines: missing })),
    install,
    found: findClues(facts).map(({ source, because, isSure }) => ({ source, because, isSure })),
    remarks,
  };
}
