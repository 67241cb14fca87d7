import type { TestedDefinition } from '@magic-hour-keys/testing/conformance';
import { CONFORMANCE_CASES, describeConformance } from '@magic-hour-keys/testing/conformance';
import type { SourceHarness, TestContext } from '@magic-hour-keys/testing/conformance';

/** What a run of the kit came to. */
export interface KitRun {
  readonly passed: number;
  /** The ids of the cases that failed, each with what it said. */
  readonly failed: ReadonlyMap<string, string>;
  /** The reasons of the cases that were left out, by id. */
  readonly skipped: ReadonlyMap<string, string>;
}

export interface RegisteredTest {
  readonly route: string;
  readonly title: string;
  readonly body: (context: TestContext) => Promise<void>;
}

/** A runner that runs nothing by itself: it collects, like the ones of vitest and node:test do first. */
export function collectTests(
  definition: TestedDefinition,
  makeHarness: () => Promise<SourceHarness>,
): readonly RegisteredTest[] {
  const tests: RegisteredTest[] = [];
  const headings: string[] = [];
  describeConformance(
    {
      describe(name, body) {
        headings.push(name);
        body();
        headings.pop();
      },
      test: (title, body) => tests.push({ route: headings.at(-1) ?? '', title, body }),
    },
    definition,
    makeHarness,
  );
  return tests;
}

/** Runs tests of the kit, one after the other, and collects what came of them. */
export async function runTests(tests: readonly RegisteredTest[]): Promise<KitRun> {
  const failed = new Map<string, string>();
  const skipped = new Map<string, string>();
  let passed = 0;
  for (const { route, title, body } of tests) {
    const id = idOf(title);
    let reason: string | undefined;
    try {
      await body({ skip: (why) => (reason = why ?? 'no reason') });
      if (reason === undefined) passed += 1;
      else skipped.set(id, reason);
    } catch (error) {
      failed.set(id, `${route}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { passed, failed, skipped };
}

function idOf(title: string): string {
  const found = CONFORMANCE_CASES.find((item) => item.title === title);
  if (!found) throw new Error(`no case has the title "${title}"`);
  return found.id;
}

/** Each case once: on the source itself where it can be seen there. */
export function withoutRepeats(tests: readonly RegisteredTest[]): readonly RegisteredTest[] {
  return [...new Map(tests.toReversed().map((item) => [item.title, item])).values()].toReversed();
}
