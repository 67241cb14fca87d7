import type { ReadPermission } from '@magic-hour-keys/core/author';
import type { AzureOptions } from './options.ts';

const ROLE = 'Key Vault Secrets User';

/** As in the README. */
export function readPermission({ vaultUrl = '', name }: AzureOptions): ReadPermission {
  const [vault = 'VAULT'] = new URL(vaultUrl).hostname.split('.');
  return {
    name: ROLE,
    policy: `az role assignment create --role "${ROLE}" --assignee CLIENT_OR_OBJECT_ID \\
  --scope /subscriptions/SUBSCRIPTION/resourceGroups/GROUP/providers/Microsoft.KeyVault/vaults/${vault}/secrets/${name}`,
  };
}
