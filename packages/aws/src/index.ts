export type {
  AwsAuth,
  AwsRoleOptions,
  SecretReference,
  StaticAuth,
  WebIdentityAuth,
} from './auth/auth-options.ts';
export type { AwsClient, AwsOptions } from './options.ts';
export { awsKeyProvider, awsKeySource } from './source.ts';
