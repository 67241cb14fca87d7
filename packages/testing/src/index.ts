export { staticKey } from './static-key.ts';
export { makeTestKey } from './make-test-key.ts';
export { createManualClock } from './manual-clock.ts';
export type { ManualClock, ManualClockOptions, PendingTimer } from './manual-clock.ts';
export { createMemorySource } from './memory-source.ts';
export type { MemorySource, MemorySourceOptions } from './memory-source.ts';
export { startFakeMagicHourApi } from './fake-magic-hour-api.ts';
export type { AnswerHook, FakeMagicHourApi, FakeMagicHourApiOptions } from './fake-magic-hour-api.ts';
export type { ProjectStatus } from './fake-api-projects.ts';
export type {
  FakeApiAnswer,
  FakeApiMode,
  LocationMode,
  RedirectMode,
  RedirectStatus,
  SlowMode,
} from './fake-api-routes.ts';
export type { FakeStorage } from './fake-storage.ts';
export { listRedirectTargets } from './redirect-targets.ts';
export type { RedirectPorts } from './redirect-targets.ts';
export type { RecordedRequest } from './request-log.ts';
export type { Sink } from './attempt.ts';
export type { LeakEncoding } from './encodings.ts';
export { findLeaks } from './find-leaks.ts';
export type { Leak } from './find-leaks.ts';
export { searchText } from './search-text.ts';
export type { TextLeak } from './search-text.ts';
export { collectSinks } from './sinks.ts';
export type { CollectedSinks } from './sinks.ts';
