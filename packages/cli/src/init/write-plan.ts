import { checkConfig } from '@magic-hour-keys/config';
import { createProblem } from '../cli-problem.ts';
import { describePath } from '../environment-text.ts';
import { EXIT } from '../exit-codes.ts';
import type { CliIo } from '../io.ts';
import { askYesNo } from '../terminal/ask.ts';
import { withMissing } from './ignore-files.ts';
import type { Plan } from './make-plan.ts';
import { withStandIns } from './needed-packages.ts';
import { replaceFile } from './write-file.ts';

/** @throws CliProblem where it can't be written, or would not be right then; nothing has changed in that case */
export function writeConfig({ facts, text, environments, action }: Plan, io: CliIo): void {
  const { configFile, existing } = facts;
  const isNew = action === 'create' || action === 'overwrite';
  const inUse = isNew ? environments[0]?.name : existing?.environments[0];
  const env = withStandIns(text, io.env);
  const check = (file: string) => checkConfig({ file, environment: inUse, env });
  // What was wrong before is not for this command to judge, such as a source that the application makes in code.
  const known = new Set(isNew ? [] : check(configFile).problems.map((problem) => JSON.stringify(problem)));
  replaceFile(configFile, text, {
    before: existing?.text,
    judge(path) {
      const after = check(path);
      const names = after.environments.map(({ name }) => name);
      const isThere = environments.every(({ name }) => names.includes(name));
      if (isThere && after.problems.every((problem) => known.has(JSON.stringify(problem)))) return;
      const hint = 'Write it by hand: --dry-run shows it.';
      throw createProblem('usage', EXIT.config, 'the file can not be changed without breaking it', hint);
    },
  });
}

/** @returns what was done, in one line for each file */
export async function addToIgnoreFiles(
  { ignoreFiles }: Plan,
  asks: boolean,
  io: CliIo,
): Promise<readonly string[]> {
  const added: string[] = [];
  for (const file of ignoreFiles) {
    const what = `${file.missing.join(' and ')} to ${describePath(file.path, io)}`;
    // One question after the other.
    // oxlint-disable-next-line no-await-in-loop
    if (asks && !(await askYesNo(io, `Add ${what}?`, true))) continue;
    replaceFile(file.path, withMissing(file), { before: file.text });
    added.push(`added ${what}`);
  }
  return added;
}
