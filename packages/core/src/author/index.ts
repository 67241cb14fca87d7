export type {
  BackendCapabilities,
  BackendDefinition,
  CredentialVariable,
  OptionsSchema,
  ReadPermission,
  RequiredPackage,
} from './backend-definition.ts';
export { codeFromStatus } from './code-from-status.ts';
export { countRequests } from './count-requests.ts';
export type { RequestCount } from './count-requests.ts';
export type { KeyPlace } from './key-place.ts';
export { optionalImport } from './optional-import.ts';
export { parseRetryAfter } from './retry-after.ts';
export { selectField } from './select-field.ts';
export { createSessions } from './sessions.ts';
export type { Sessions, SessionsOptions } from './sessions.ts';
export { untilAborted } from './until-aborted.ts';
