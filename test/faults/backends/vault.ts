import { startFakeVault } from '@magic-hour-keys/testing/fakes/vault';
import { vaultKeySource } from '@magic-hour-keys/vault';
import type { StoreUnderFault } from '../backend-under-fault.ts';

export async function startVaultStore(key: string): Promise<StoreUnderFault> {
  const vault = await startFakeVault();
  vault.enableKv('secret', 2);
  vault.writeSecret('secret/magic-hour', { api_key: key });
  return {
    origin: vault.origin,
    secrets: [vault.rootToken],
    makeSource: ({ url, caFile }) =>
      vaultKeySource({
        path: 'secret/magic-hour',
        address: url,
        caFile,
        env: { VAULT_TOKEN: vault.rootToken },
      }),
    close: () => vault.close(),
  };
}
