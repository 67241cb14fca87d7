export type { SecretReference } from '@magic-hour-keys/core/node';
export type {
  AzureAuth,
  AzureCliAuth,
  AzureTenantOptions,
  ClientCertificateAuth,
  ClientSecretAuth,
  DefaultAuth,
  EnvironmentAuth,
  ManagedIdentityAuth,
  WorkloadIdentityAuth,
} from './auth/auth-options.ts';
export type { AzureClient, AzureCredential, AzureOptions } from './options.ts';
export { azureKeyProvider, azureKeySource } from './source.ts';
