import type { VaultConnection } from './connection.ts';
import { member } from './member.ts';
import type { VaultClient } from './options.ts';
import { createRefusal, isRefusal } from './vault-refusal.ts';

/** A client of the application's own: its address, login and transport are its own matter, and it is never closed. */
export function handedInConnection(client: VaultClient): VaultConnection {
  return {
    async send({ path, signal }) {
      try {
        return await client.read(path, { signal });
      } catch (raw) {
        throw refusalOf(raw, path);
      }
    },
    close: () => undefined,
  };
}

/** node-vault's error has Vault's own text as its message, and an axios error the token; neither is passed on. */
function refusalOf(raw: unknown, path: string): unknown {
  const response = member(raw, 'response');
  const status = member(response, 'statusCode');
  if (isRefusal(raw) || typeof status !== 'number') return raw;
  return createRefusal({
    status,
    path: decodeURIComponent(path.replace(/\?.*$/, '')),
    body: member(response, 'body'),
  });
}
