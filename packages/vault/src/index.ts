export type { SecretReference } from '@magic-hour-keys/core/node';
export type {
  AppRoleAuth,
  JwtAuth,
  KubernetesAuth,
  TokenAuth,
  TokenFileAuth,
  VaultAuth,
} from './auth/auth-options.ts';
export type { VaultClient, VaultOptions } from './options.ts';
export { vaultKeyProvider, vaultKeySource } from './source.ts';
