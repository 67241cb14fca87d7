import type { VaultConnection } from '../connection.ts';
import type { VaultSettings } from '../options.ts';
import { createGivenToken } from './given-token.ts';
import { createLoginSession } from './login-session.ts';
import type { TokenSource } from './token-source.ts';

export function createTokenSource(connection: VaultConnection, settings: VaultSettings): TokenSource {
  const { auth } = settings;
  switch (auth.method) {
    case 'token':
    case 'token-file':
      return createGivenToken(auth, connection, settings);
    case 'approle':
    case 'kubernetes':
    case 'jwt':
      return createLoginSession(auth, connection, settings);
    case 'none':
      return AGENT;
  }
}

/** Vault Agent or Vault Proxy puts its own token on the requests, and looks after it. */
const AGENT: TokenSource = {
  lastLogin: 0,
  take: async () => ({ text: undefined, login: 0 }),
  replace: async () => undefined,
  isForeign: true,
};
