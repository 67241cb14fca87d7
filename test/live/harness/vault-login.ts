import type { VaultOptions } from '@magic-hour-keys/vault';
import type { VaultAdmin } from './vault-admin.ts';

export type VaultLoginMethod = 'token' | 'approle';

/** How the sources log in: with the rights of the policy `name`, and nothing else. */
export interface VaultLogin {
  readonly options: Partial<VaultOptions>;
  /** Makes what they log in with, or makes it anew. */
  restore(): Promise<void>;
  /** Makes Vault forget it, with the tokens that were made from it. */
  revoke(tokens: readonly string[]): Promise<void>;
  remove(): Promise<void>;
  secrets(): readonly string[];
}

export interface VaultLoginPlace {
  readonly method: VaultLoginMethod;
  /** Of the login method, below `auth/`. */
  readonly mount: string;
  /** Of the policy, and of the role. */
  readonly name: string;
}

export function createVaultLogin(admin: VaultAdmin, place: VaultLoginPlace): VaultLogin {
  return place.method === 'token' ? tokenLogin(admin, place) : appRoleLogin(admin, place);
}

function tokenLogin(admin: VaultAdmin, { name }: VaultLoginPlace): VaultLogin {
  // Read anew for each read.
  const env: Record<string, string> = {};
  const made: string[] = [];
  let isGood = false;

  async function revoke(): Promise<void> {
    if (isGood) await admin.write('auth/token/revoke', { token: env['VAULT_TOKEN'] });
    isGood = false;
  }

  return {
    options: { env, auth: { method: 'token' } },
    async restore() {
      if (isGood) return;
      const { client_token: token } = await admin.write('auth/token/create', {
        policies: [name],
        ttl: '1h',
        display_name: 'mhk-live',
      });
      env['VAULT_TOKEN'] = String(token);
      made.push(String(token));
      isGood = true;
    },
    revoke,
    remove: revoke,
    secrets: () => made,
  };
}

function appRoleLogin(admin: VaultAdmin, { mount, name }: VaultLoginPlace): VaultLogin {
  const role = `auth/${mount}/role/${name}`;
  const env: Record<string, string> = {};
  const made: string[] = [];
  let isGood = false;

  async function revoke(tokens: readonly string[]): Promise<void> {
    await admin.write(`${role}/secret-id/destroy`, { secret_id: env['SECRET_ID'] });
    for (const token of tokens) await admin.try('POST', 'auth/token/revoke', { token });
    isGood = false;
  }

  return {
    options: {
      env,
      auth: {
        method: 'approle',
        mount,
        roleId: name,
        secretId: { env: 'SECRET_ID' },
      },
    },
    async restore() {
      if (isGood) return;
      await admin.write(role, { role_id: name, token_policies: [name], token_ttl: '1h' });
      const { secret_id: secretId } = await admin.write(`${role}/secret-id`, {});
      env['SECRET_ID'] = String(secretId);
      made.push(String(secretId));
      isGood = true;
    },
    revoke,
    // Secret ids and tokens of a role end with it or with its mount.
    remove: () => admin.remove(role),
    secrets: () => made,
  };
}
