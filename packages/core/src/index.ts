export { createApiKey } from './api-key.ts';
export type { ApiKey, ApiKeyMetadata } from './api-key.ts';
export { createKeyProvider } from './create-key-provider.ts';
export { firstFound } from './first-found.ts';
export type { FirstFoundOptions } from './first-found.ts';
export { isKeyError, KeyError } from './key-error.ts';
export type {
  KeyErrorCode,
  KeyErrorLink,
  KeyErrorOptions,
  KeyErrorUpstream,
  KeyFailure,
} from './key-error.ts';
export type { KeyEvent } from './key-event.ts';
export type { KeyPolicy, KeyProviderOptions } from './key-policy.ts';
export type { KeyHealth, KeyProvider, KeyState, ManagedKeyProvider } from './key-provider.ts';
export { systemRuntime } from './key-runtime.ts';
export type { KeyRuntime } from './key-runtime.ts';
export type { KeyReading, KeySource, KeyWarning, ReadContext, ReadReason } from './key-source.ts';
export { toKeyFunction } from './to-key-function.ts';
