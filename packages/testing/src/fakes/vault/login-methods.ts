import type { TokenOptions } from './token-store.ts';
import { refuse, type VaultAnswer } from './vault-answer.ts';

/** What a login method gives for the body of a login: the token to make, or the refusal. */
export type LoginMethod = (body: Readonly<Record<string, unknown>>) => TokenOptions | VaultAnswer;

export interface AppRole extends TokenOptions {
  readonly roleId: string;
  /** Those that are accepted. Empty: none is asked for (`bind_secret_id=false`). The list may change. */
  readonly secretIds: readonly string[];
}

export interface JwtRole extends TokenOptions {
  readonly role: string;
  /** Those that are accepted. The list may change. */
  readonly jwts: readonly string[];
  /** Whether the role may be left out of the login. */
  readonly isDefault?: boolean | undefined;
}

export function appRoleLogin(role: AppRole): LoginMethod {
  return ({ role_id: roleId, secret_id: secretId }) => {
    if (typeof roleId !== 'string') return refuse(400, 'missing role_id');
    if (roleId !== role.roleId) return refuse(400, 'invalid role or secret ID');
    if (role.secretIds.length === 0) return role;
    if (typeof secretId !== 'string') return refuse(400, 'missing secret_id');
    return role.secretIds.includes(secretId) ? role : refuse(400, 'invalid role or secret ID');
  };
}

export function kubernetesLogin(role: JwtRole): LoginMethod {
  return ({ role: name, jwt }) => {
    if (typeof jwt !== 'string') return refuse(400, 'missing jwt');
    if (typeof name !== 'string') return refuse(400, 'missing role');
    if (name !== role.role) return refuse(400, `invalid role name "${name}"`);
    return role.jwts.includes(jwt) ? role : refuse(403, 'permission denied');
  };
}

export function jwtLogin(role: JwtRole): LoginMethod {
  return ({ role: name, jwt }) => {
    if (typeof jwt !== 'string') return refuse(400, 'missing token');
    if (name === undefined && !role.isDefault) return refuse(400, 'missing role');
    if (name !== undefined && name !== role.role)
      return refuse(400, `role ${JSON.stringify(name)} could not be found`);
    return role.jwts.includes(jwt)
      ? role
      : refuse(
          400,
          'error validating token: error verifying token signature: no known key successfully validated the token signature',
        );
  };
}
