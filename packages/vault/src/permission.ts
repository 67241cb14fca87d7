import type { ReadPermission } from '@magic-hour-keys/core/author';
import type { VaultOptions } from './options.ts';
import { splitPath } from './vault-path.ts';

/** As in the README. Without `kvVersion` it is the path of version 2, which most engines have. */
export function readPermission({ path, mount, kvVersion = 2 }: VaultOptions): ReadPermission {
  const segments = splitPath(path);
  const at = mount === undefined ? 1 : splitPath(mount).length;
  const parts = kvVersion === 1 ? segments : [...segments.slice(0, at), 'data', ...segments.slice(at)];
  return { name: 'read', policy: `path "${parts.join('/')}" {\n  capabilities = ["read"]\n}` };
}
