import type { VaultConnection } from './connection.ts';
import { member } from './member.ts';
import type { VaultSettings } from './options.ts';
import { createLifeClock, readGrant, type TokenLife } from './token-life.ts';
import { isRefusal } from './vault-refusal.ts';

/**
 * Asks for the same lease once more. Where Vault grants less, the end of all renewals is near, and the new life is one
 * that can't be renewed; so it is where Vault refuses.
 *
 * @throws TransportError and VaultRefusal where it may be tried again
 */
export async function renewToken(
  connection: VaultConnection,
  token: string,
  life: TokenLife,
  settings: VaultSettings,
  signal: AbortSignal,
): Promise<TokenLife> {
  const beginLife = createLifeClock(settings.runtime);
  try {
    const answer = await connection.send({
      path: 'auth/token/renew-self',
      body: { increment: life.leaseSeconds },
      token,
      signal,
      keepsProcessAlive: false,
    });
    const granted = readGrant(member(answer, 'auth'));
    if (!granted) return { ...life, isRenewable: false };
    const isWhole = granted.leaseSeconds >= life.leaseSeconds * 0.9;
    return beginLife({ ...granted, isRenewable: granted.isRenewable && isWhole });
  } catch (raw) {
    const isFinal = isRefusal(raw) && (raw.status === 400 || raw.status === 403);
    if (isFinal) return { ...life, isRenewable: false };
    throw raw;
  }
}
