import type { TestedDefinition } from './tested-definition.ts';
import { CONFORMANCE_CASES } from './conformance-cases.ts';
import type { ConformanceRunner } from './conformance-runner.ts';
import { ROUTES } from './routes.ts';
import { runCase } from './run-case.ts';
import type { SourceHarness } from './source-harness.ts';
import { createTrialJournal } from './trial-journal.ts';

export interface ConformanceOptions {
  /** The heading above the tests, where one manifest has several stores. Default the manifest's title. */
  readonly title?: string | undefined;
}

/**
 * Registers the tests that every backend passes: on the source itself, through `createKeyProvider`, and through
 * `firstFound`. What a store can't do is read from its manifest, or told by `harness.unsupported`; such a test is
 * skipped with the reason.
 *
 * Each test gets a harness of its own. They watch the whole process, so a runner must not run them at the same time.
 */
export function describeConformance(
  { describe, test }: ConformanceRunner,
  definition: TestedDefinition,
  makeHarness: () => Promise<SourceHarness>,
  { title = definition.title }: ConformanceOptions = {},
): void {
  describe(`${title} conforms`, () => {
    for (const route of ROUTES) {
      describe(route.title, () => {
        const journal = createTrialJournal();
        for (const item of CONFORMANCE_CASES) {
          if (item.routes && !item.routes.includes(route.id)) continue;
          test(item.title, (context) => runCase(item, { definition, makeHarness, route, journal }, context));
        }
      });
    }
  });
}
