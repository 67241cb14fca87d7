import type { ReadContext } from '@magic-hour-keys/core';
import type { TokenSource, VaultToken } from './auth/token-source.ts';
import type { VaultConnection } from './connection.ts';
import { createRefusal, isRefusal, type VaultRefusal } from './vault-refusal.ts';

/** Asks for one path of Vault, with a token. @throws VaultRefusal, TransportError, KeyError */
export type Ask = (path: string) => Promise<unknown>;

export interface Asking {
  readonly ask: Ask;
  /** After a read that went well: looks after the token that was good for it. */
  readonly tend: (isFirstRead: boolean) => void;
}

/**
 * The requests of one read. A 403 can mean that the token is dead as well as that a policy is missing, so the first one
 * is asked again with another token; a token that this very read has made needs no second opinion.
 */
export function startAsking(
  connection: VaultConnection,
  tokens: TokenSource,
  { signal, reason }: Pick<ReadContext, 'signal' | 'reason'>,
): Asking {
  // Nobody waits for a read in the background.
  const keepsProcessAlive = reason !== 'aged';
  const loginBefore = tokens.lastLogin;
  let good: VaultToken | undefined;

  async function send(path: string, token: VaultToken): Promise<unknown> {
    const answer = await connection.send({ path, token: token.text, signal, keepsProcessAlive });
    good = token;
    return answer;
  }

  async function replace(refused: VaultToken): Promise<VaultToken | undefined> {
    return refused.login > loginBefore ? undefined : tokens.replace(refused, signal);
  }

  /** Whether Vault still knows a token tells "no permission" from "no login". */
  async function explain(refusal: VaultRefusal, token: VaultToken): Promise<VaultRefusal> {
    if (!tokens.isForeign || refusal.reason !== undefined) return refusal;
    try {
      await send('auth/token/lookup-self', token);
      return refusal;
    } catch (raw) {
      const isUnknown = isForbidden(raw);
      return isUnknown ? createRefusal({ ...refusal, reason: 'invalid_token' }) : refusal;
    }
  }

  async function ask(path: string): Promise<unknown> {
    const token = await tokens.take(signal, keepsProcessAlive);
    try {
      return await send(path, token);
    } catch (raw) {
      if (!isForbidden(raw)) throw raw;
      const other = await replace(token);
      if (!other) throw await explain(raw, token);
      return send(path, other).catch(async (second: unknown) => {
        throw isForbidden(second) ? await explain(second, other) : second;
      });
    }
  }

  return {
    ask,
    tend: (isFirstRead) => good && tokens.tend?.(good, isFirstRead),
  };
}

function isForbidden(error: unknown): error is VaultRefusal {
  return isRefusal(error) && error.status === 403;
}
