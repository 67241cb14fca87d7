export type { SecretReference } from '@magic-hour-keys/core/node';
export type { AwsAuth, AwsRoleOptions, StaticAuth, WebIdentityAuth } from './auth/auth-options.ts';
export type { AwsClient, AwsOptions } from './options.ts';
export { awsKeyProvider, awsKeySource } from './source.ts';
