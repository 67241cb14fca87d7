import type { KeySource } from '@magic-hour-keys/core';
import { makeTestKey } from '@magic-hour-keys/testing';
import { startFakeVault, type FakeVault, type FakeVaultOptions } from '@magic-hour-keys/testing/fakes/vault';
import { vaultKeySource, type VaultOptions } from '@magic-hour-keys/vault';
import { afterEach } from 'vitest';

export const PATH = 'secret/magic-hour';
export const POLICY = 'magic-hour';
export const POLICY_RULES = [{ path: 'secret/data/magic-hour', capabilities: ['read'] }] as const;

export interface VaultWorld {
  readonly vault: FakeVault;
  /** The key that is stored first. */
  readonly key: string;
  /** A token that may read the secret. */
  readonly token: string;
  /** The variables of the process. */
  readonly env: Record<string, string>;
  source(options?: Partial<VaultOptions>): KeySource;
}

const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  // The sources first: a token that they made is given back.
  for (const close of open.splice(0).toReversed()) await close();
});

/** A Vault with one secret in a KV engine of version 2, and a token that may read it. */
export async function startWorld(options: FakeVaultOptions = {}): Promise<VaultWorld> {
  const vault = await startVault(options);
  const key = makeTestKey();
  vault.enableKv('secret', 2);
  vault.writeSecret(PATH, { api_key: key });
  vault.writePolicy(POLICY, POLICY_RULES);
  const token = vault.createToken({ policies: [POLICY] });
  const env: Record<string, string> = { VAULT_ADDR: vault.origin, VAULT_TOKEN: token };
  return {
    vault,
    key,
    token,
    env,
    source(more = {}) {
      const source = vaultKeySource({ path: PATH, env, ...more });
      open.push(async () => source.close?.());
      return source;
    },
  };
}

export async function startVault(options: FakeVaultOptions = {}): Promise<FakeVault> {
  const vault = await startFakeVault(options);
  open.push(() => vault.close());
  return vault;
}
