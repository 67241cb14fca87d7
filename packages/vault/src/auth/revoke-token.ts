import type { KeyRuntime } from '@magic-hour-keys/core';
import type { VaultConnection } from '../connection.ts';

/** How long `close` waits for it. */
const LIMIT_MS = 500;

/** For tokens that were made here. Where it fails, the token lives to its end. */
export async function revokeToken(
  connection: VaultConnection,
  token: string,
  runtime: KeyRuntime,
): Promise<void> {
  const limit = new AbortController();
  const cancel = runtime.setTimer(LIMIT_MS, () => limit.abort(), false);
  const path = 'auth/token/revoke-self';
  const call = { path, body: {}, token, signal: limit.signal, keepsProcessAlive: false };
  await connection.send(call).catch(() => undefined);
  cancel();
}
