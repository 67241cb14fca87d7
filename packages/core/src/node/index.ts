export { publishKeyEvents } from './diagnostics-channels.ts';
export { findProxy } from './find-proxy.ts';
export type { ProxyAddress } from './find-proxy.ts';
export { isLoopbackHost } from './loopback-host.ts';
export type { ProxyEnvironment } from './proxy.ts';
export { readSmallFile } from './read-small-file.ts';
export type { ReadSmallFileOptions, SmallFile } from './read-small-file.ts';
export { missingSecret, readSecretFile, readSecretReference } from './secret-reference.ts';
export type { SecretFileOptions, SecretReference, SecretReferenceOptions } from './secret-reference.ts';
export { readCaFile, readTextFile } from './text-file.ts';
export type { TextFileOptions } from './text-file.ts';
export { isTransportError } from './transport-error.ts';
export type { TransportError, TransportErrorCode } from './transport-error.ts';
export { transportFailure } from './transport-failure.ts';
export { createTransport } from './transport.ts';
export type {
  TlsSettings,
  Transport,
  TransportHead,
  TransportOptions,
  TransportRequest,
  TransportResponse,
  TransportStream,
} from './transport.ts';
