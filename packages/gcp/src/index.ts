export type { SecretReference } from '@magic-hour-keys/core/node';
export type {
  GcpAuth,
  GcpImpersonation,
  ServiceAccountAuth,
  WorkloadIdentityAuth,
} from './auth/auth-options.ts';
export type { GcpAuthClient, GcpClient, GcpOptions, GcpTransport } from './options.ts';
export { gcpKeyProvider, gcpKeySource } from './source.ts';
