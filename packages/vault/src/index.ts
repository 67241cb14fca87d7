export type {
  AppRoleAuth,
  JwtAuth,
  KubernetesAuth,
  SecretReference,
  TokenAuth,
  TokenFileAuth,
  VaultAuth,
} from './auth/auth-options.ts';
export type { VaultClient, VaultOptions } from './options.ts';
export { vaultKeyProvider, vaultKeySource } from './source.ts';
