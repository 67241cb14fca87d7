import type { TestedDefinition } from './tested-definition.ts';
import type { ConformanceCase } from './conformance-case.ts';
import type { TestContext } from './conformance-runner.ts';
import { observeOutput } from './observe-output.ts';
import { observeRejections } from './observe-rejections.ts';
import { createObservedScope } from './observed-scope.ts';
import type { Route } from './route.ts';
import type { SourceHarness } from './source-harness.ts';
import { expectNothing, PRINTED, REJECTED, type TrialJournal } from './trial-journal.ts';
import { createTrial, type Trial } from './trial.ts';

const LONGEST_QUOTE = 200;

export interface CaseSetting {
  readonly definition: TestedDefinition;
  readonly makeHarness: () => Promise<SourceHarness>;
  readonly route: Route;
  readonly journal: TrialJournal;
}

/** One case with a store of its own. Skips it, with the reason, where this store can't be put through it. */
export async function runCase(
  item: ConformanceCase,
  { definition, makeHarness, route, journal }: CaseSetting,
  context: TestContext,
): Promise<void> {
  const harness = await makeHarness();
  try {
    const facts = { capabilities: definition.capabilities, harness };
    const reason = harness.unsupported?.[item.id] ?? item.skip?.(facts);
    if (reason !== undefined) {
      context.skip(reason);
      return;
    }
    const scope = createObservedScope();
    const trial = createTrial({ definition, harness, route, scope, journal });
    await observed(trial, () => scope.run(() => item.run(trial)));
  } finally {
    await harness.close();
  }
}

async function observed(trial: Trial, run: () => Promise<void>): Promise<void> {
  const { journal, scope } = trial;
  const before = { printed: journal.printed.length, rejected: journal.rejected.length };
  const stopOutput = observeOutput(scope.isInside, (text) => journal.printed.push(quote(text, trial)));
  const stopRejections = observeRejections((reason) => journal.rejected.push(nameOf(reason)));
  try {
    try {
      await run();
      trial.searchShown();
    } finally {
      await scope.run(() => trial.end());
    }
    // A promise that nobody listens to is reported a turn after it failed.
    await trial.settle();
  } finally {
    stopOutput();
    stopRejections();
    scope.end();
  }
  if (journal.judged.has('printed')) expectNothing(journal.printed.slice(before.printed), PRINTED);
  if (journal.judged.has('rejected')) expectNothing(journal.rejected.slice(before.rejected), REJECTED);
}

function quote(text: string, { findPlaces }: Trial): string {
  return findPlaces(text).length > 0 ? 'a text with a secret in it' : text.slice(0, LONGEST_QUOTE);
}

function nameOf(reason: unknown): string {
  return reason instanceof Error ? reason.name : typeof reason;
}
