import type { SecretReference } from '@magic-hour-keys/core/node';
import type { VaultSettings } from '../options.ts';
import { encodePath, splitPath } from '../vault-path.ts';
import {
  SERVICE_ACCOUNT_TOKEN,
  type AppRoleAuth,
  type JwtAuth,
  type KubernetesAuth,
} from './auth-options.ts';
import { readLoginSecret } from './login-secret.ts';

export type LoginAuth = AppRoleAuth | KubernetesAuth | JwtAuth;

/** Such as `"auth/approle/login"`. */
export function loginPath({ method, mount = method }: LoginAuth): string {
  return encodePath('auth', ...splitPath(mount), 'login');
}

/** What is posted there. Files are read anew for each login, because they rotate. */
export async function loginBody(
  auth: LoginAuth,
  settings: VaultSettings,
  signal: AbortSignal,
): Promise<object> {
  const read = (option: string, reference: SecretReference): Promise<string> =>
    readLoginSecret(option, reference, settings, signal);
  switch (auth.method) {
    case 'approle':
      return {
        role_id: typeof auth.roleId === 'string' ? auth.roleId : await read('auth.roleId', auth.roleId),
        ...(auth.secretId && { secret_id: await read('auth.secretId', auth.secretId) }),
      };
    case 'kubernetes':
      return { role: auth.role, jwt: await read('auth.jwt', auth.jwt ?? { file: SERVICE_ACCOUNT_TOKEN }) };
    case 'jwt':
      return { ...(auth.role !== undefined && { role: auth.role }), jwt: await read('auth.jwt', auth.jwt) };
  }
}
