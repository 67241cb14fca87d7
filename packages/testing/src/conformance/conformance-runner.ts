/** What a runner hands to a test. Skipping may throw, as in vitest, or return, as in node:test. */
export interface TestContext {
  skip(reason?: string): unknown;
}

/** `{ describe, test }` of vitest or of node:test. It is passed in, so that no second copy of a runner is loaded. */
export interface ConformanceRunner {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly test: (name: string, body: (context: TestContext) => Promise<void>) => unknown;
}
