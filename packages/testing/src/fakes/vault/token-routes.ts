import type { TokenEntry } from './token-store.ts';
import { envelope, NO_CONTENT, refuse, type VaultAnswer } from './vault-answer.ts';
import type { VaultState } from './vault-state.ts';

/** What a token may do with itself. Undefined for any other route. */
export function answerTokenRoute(
  { tokens, wallMs }: VaultState,
  route: string,
  entry: TokenEntry,
  body: Readonly<Record<string, unknown>>,
): VaultAnswer | undefined {
  switch (route) {
    case 'GET auth/token/lookup-self':
      return envelope({
        data: {
          id: entry.id,
          accessor: entry.accessor,
          policies: entry.policies,
          ttl: tokens.secondsLeft(entry),
          creation_ttl: entry.ttlSeconds,
          creation_time: Math.floor(entry.createdMs / 1000),
          expire_time: Number.isFinite(entry.expiresMs) ? new Date(entry.expiresMs).toISOString() : null,
          explicit_max_ttl: 0,
          num_uses: Number.isFinite(entry.usesLeft) ? entry.usesLeft : 0,
          orphan: true,
          path: 'auth/token/create',
          renewable: entry.renewable,
          type: entry.type,
          last_renewal_time: Math.floor(wallMs() / 1000),
        },
      });
    case 'POST auth/token/renew-self':
    case 'PUT auth/token/renew-self': {
      if (entry.type === 'batch') return refuse(400, 'batch tokens cannot be renewed');
      if (!entry.renewable) return refuse(400, 'lease is not renewable');
      return grantedToken(entry, tokens.renew(entry, secondsOf(body['increment'])));
    }
    case 'POST auth/token/revoke-self':
    case 'PUT auth/token/revoke-self':
      if (entry.type === 'batch') return refuse(400, 'batch tokens cannot be revoked');
      tokens.revoke(entry.id);
      return NO_CONTENT;
    default:
      return undefined;
  }
}

/** What a login and a renewal answer. */
export function grantedToken(entry: TokenEntry, leaseSeconds: number): VaultAnswer {
  return envelope({
    auth: {
      client_token: entry.id,
      accessor: entry.accessor,
      policies: entry.policies,
      token_policies: entry.policies,
      metadata: null,
      lease_duration: leaseSeconds,
      renewable: entry.renewable,
      entity_id: '',
      token_type: entry.type,
      orphan: true,
      mfa_requirement: null,
      num_uses: Number.isFinite(entry.usesLeft) ? entry.usesLeft : 0,
    },
  });
}

/** Vault takes a number of seconds, or text such as `"3600s"`. */
function secondsOf(increment: unknown): number | undefined {
  if (typeof increment === 'number') return increment;
  return typeof increment === 'string' ? Number.parseInt(increment, 10) : undefined;
}
