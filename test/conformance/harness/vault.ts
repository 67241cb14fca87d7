import { randomBytes } from 'node:crypto';
import type { BreakMode } from '@magic-hour-keys/testing/conformance';
import { startFakeVault, type VaultFault } from '@magic-hour-keys/testing/fakes/vault';
import { vaultKeySource } from '@magic-hour-keys/vault';
import { inConfig, type ConfigurableHarness, type HarnessOptions } from './harness-options.ts';

const PATH = 'secret/magic-hour';
const POLICY = 'magic-hour';
const ROLE_ID = 'video-worker';

/** KV version 2 behind an AppRole, asked over sockets by node-vault. */
export async function makeVaultHarness({ credential }: HarnessOptions = {}): Promise<ConfigurableHarness> {
  const vault = await startFakeVault();
  const secretId = credential ?? randomBytes(24).toString('base64url');
  const secretIds = [secretId];
  const options = {
    path: PATH,
    address: vault.origin,
    auth: { method: 'approle', roleId: ROLE_ID, secretId: { env: 'SECRET_ID' } },
    env: { SECRET_ID: secretId },
  } as const;
  let stored = '';

  vault.enableKv('secret', 2);
  vault.enableAppRole({ roleId: ROLE_ID, secretIds, policies: [POLICY], ttlSeconds: 3600 });
  allow();

  function allow(): void {
    vault.writePolicy(POLICY, [{ path: 'secret/data/magic-hour', capabilities: ['read'] }]);
  }

  const faults: Readonly<Partial<Record<BreakMode, () => VaultFault>>> = {
    throttled: () => ({
      status: 429,
      headers: { 'retry-after': '3' },
      json: { errors: ['rate limit quota exceeded'] },
    }),
    unavailable: () => ({ status: 503, json: { errors: ['Vault is sealed'] } }),
    hang: () => 'hang',
    malformed: () => ({ status: 200, text: `<html>${stored}</html>` }),
  };

  return {
    name: 'vault',
    ...inConfig('vault', options),
    source: (overrides) => vaultKeySource({ ...options, ...overrides }),
    async put(value) {
      stored =
        typeof value === 'string' ? value : new TextDecoder('utf-8', { ignoreBOM: true }).decode(value);
      vault.writeSecret(PATH, membersOf(stored));
    },
    remove: async () => vault.removeSecret(PATH),
    disable: async () => vault.deleteVersion(PATH),
    async break(mode) {
      const fault = faults[mode]?.();
      const which = ({ path }: { path: string }): boolean => path.includes('/data/');
      if (fault !== undefined) vault.fail(fault, { times: Infinity, which });
      if (mode === 'denied') vault.writePolicy(POLICY, []);
      if (mode === 'unauthenticated') {
        secretIds.splice(0, 1, 'another');
        vault.revokeAllTokens();
      }
    },
    async heal() {
      vault.heal();
      allow();
      secretIds.splice(0, 1, secretId);
    },
    requestCount: () => vault.secretReads,
    get secrets() {
      const tokens = vault.requests.map(({ headers }) => headers['x-vault-token']);
      return [secretId, ...new Set(tokens.filter((token) => typeof token === 'string'))];
    },
    fields: { whole: {}, field: (field) => ({ field }) },
    hostilePaths: ['secret/../sys/seal', '../secret/x', 'secret/./x', 'secret//x', 'secret/..', 'secret'].map(
      (path) => ({ path }),
    ),
    retryAfterMs: 3000,
    unsupported: {
      'bytes-not-text': 'Vault stores JSON, which has no bytes',
      'field-of-text': 'a secret of Vault is always an object',
      'whole-object': 'a secret of Vault is always an object, whose only member is the key',
    },
    close: () => vault.close(),
  };
}

/** A secret of Vault is an object: what is none becomes its only member. */
function membersOf(value: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(value);
    if (typeof parsed === 'object' && parsed !== null) return parsed as Record<string, unknown>;
  } catch {
    // A key is not JSON.
  }
  return { api_key: value };
}
