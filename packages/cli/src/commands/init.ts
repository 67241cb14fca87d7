import { describePath } from '../environment-text.ts';
import { EXIT } from '../exit-codes.ts';
import { makePlan, type Plan, type PlanOptions } from '../init/make-plan.ts';
import { showPlan, tellEnd, toJson } from '../init/tell-plan.ts';
import { addToIgnoreFiles, writeConfig } from '../init/write-plan.ts';
import { writeJson, type CliIo } from '../io.ts';
import { askYesNo, mayAsk } from '../terminal/ask.ts';

export interface InitOptions extends PlanOptions {
  /** Answers every question but whether something may be replaced. */
  readonly yes?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/**
 * Writes a configuration that fits what is found here, or adds an environment to the one there is. No store is reached,
 * and of variables nothing but their names is looked at.
 *
 * @throws CliProblem where something would be overwritten, or is missing
 * @throws KeyError `invalid_config` where the present configuration can't be read
 */
export async function init(options: InitOptions, io: CliIo): Promise<number> {
  const asks = options.yes !== true && options.json !== true && mayAsk(io);
  const plan = await makePlan(options, asks, io);
  if (!options.json) showPlan(plan, io);
  const isWritten = options.dryRun !== true && (!asks || (await askToWrite(plan, io)));
  if (isWritten) writeConfig(plan, io);
  const added = isWritten ? await addToIgnoreFiles(plan, asks, io) : [];
  if (options.json) writeJson(io, toJson(plan, isWritten));
  else tellEnd(plan, { isWritten, added }, io);
  return EXIT.ok;
}

async function askToWrite({ facts }: Plan, io: CliIo): Promise<boolean> {
  return askYesNo(io, `Write it to ${describePath(facts.configFile, io)}?`, true);
}
