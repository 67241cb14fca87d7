export { CONFORMANCE_CASES } from './conformance-cases.ts';
export type { ConformanceCase, StoreFacts } from './conformance-case.ts';
export { describeConformance } from './describe-conformance.ts';
export type { ConformanceOptions } from './describe-conformance.ts';
export type { ConformanceRunner, TestContext } from './conformance-runner.ts';
export type { TestedDefinition } from './tested-definition.ts';
export type { BreakMode, SourceHarness } from './source-harness.ts';
