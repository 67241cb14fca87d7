import type { SecretReference } from '@magic-hour-keys/core/node';

/** How to log in. Tokens that a login gives are renewed, and replaced before they end. */
export type VaultAuth =
  | TokenAuth
  | TokenFileAuth
  | AppRoleAuth
  | KubernetesAuth
  | JwtAuth
  | { readonly method: 'none' };

/** A token that somebody made for us. Renewed where it can be; what comes after its end is somebody else's matter. */
export interface TokenAuth {
  readonly method: 'token';
  /** Default: `VAULT_TOKEN`, else `~/.vault-token`, as the command `vault` does. */
  readonly token?: SecretReference | undefined;
}

/** A file that somebody else keeps up to date, such as Vault Agent's sink. Read anew each time, and never renewed. */
export interface TokenFileAuth {
  readonly method: 'token-file';
  /** Default `~/.vault-token`. */
  readonly file?: string | undefined;
}

export interface AppRoleAuth {
  readonly method: 'approle';
  /** Below `auth/`. Default `"approle"`. */
  readonly mount?: string | undefined;
  /** Not a secret by itself, so it may stand here as it is. */
  readonly roleId: string | SecretReference;
  /** Left out where the role needs none (`bind_secret_id=false`). */
  readonly secretId?: SecretReference | undefined;
}

export interface KubernetesAuth {
  readonly method: 'kubernetes';
  /** Below `auth/`. Default `"kubernetes"`. */
  readonly mount?: string | undefined;
  readonly role: string;
  /** Default: the service account's token, where every pod has it. */
  readonly jwt?: SecretReference | undefined;
}

export interface JwtAuth {
  readonly method: 'jwt';
  /** Below `auth/`. Default `"jwt"`. */
  readonly mount?: string | undefined;
  /** Default: the default role of the mount. */
  readonly role?: string | undefined;
  readonly jwt: SecretReference;
}

export const AUTH_METHODS: readonly VaultAuth['method'][] = [
  'token',
  'token-file',
  'approle',
  'kubernetes',
  'jwt',
  'none',
];
export const SERVICE_ACCOUNT_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';
