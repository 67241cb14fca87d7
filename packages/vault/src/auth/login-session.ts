import type { VaultConnection } from '../connection.ts';
import { member } from '../member.ts';
import type { VaultSettings } from '../options.ts';
import { renewToken } from '../renew-token.ts';
import { createSharedCall } from '../shared-call.ts';
import { createLifeClock, readGrant, type TokenLife } from '../token-life.ts';
import { createRefusal } from '../vault-refusal.ts';
import { loginBody, loginPath, type LoginAuth } from './login-body.ts';
import { revokeToken } from './revoke-token.ts';
import type { TokenSource, VaultToken } from './token-source.ts';

interface Session {
  readonly text: string;
  readonly login: number;
  life: TokenLife;
  usesLeft: number;
}

/** Logs in when a token is needed and there is none, or the last one is over, used up or refused. */
export function createLoginSession(
  auth: LoginAuth,
  connection: VaultConnection,
  settings: VaultSettings,
): TokenSource {
  const { runtime } = settings;
  let session: Session | undefined;
  let lastLogin = 0;
  let keepsProcessAlive = false;

  const login = createSharedCall(async (signal) => {
    const body = await loginBody(auth, settings, signal);
    const beginLife = createLifeClock(runtime);
    const path = loginPath(auth);
    const granted: unknown = member(await connection.send({ path, body, signal, keepsProcessAlive }), 'auth');
    const text = member(granted, 'client_token');
    const grant = readGrant(granted);
    if (typeof text !== 'string' || text === '' || !grant) {
      throw createRefusal({ status: 200, path: decodeURIComponent(path), reason: 'malformed' });
    }
    lastLogin += 1;
    session = { text, login: lastLogin, life: beginLife(grant), usesLeft: grant.uses };
    return session;
  }, runtime);

  const renewal = createSharedCall(async (signal) => {
    const renewed = session;
    if (!renewed) return;
    renewed.life = await renewToken(connection, renewed.text, renewed.life, settings, signal);
  }, runtime);

  function use(current: Session): VaultToken {
    current.usesLeft -= 1;
    return current;
  }

  async function take(signal: AbortSignal, mayKeepAlive: boolean): Promise<VaultToken> {
    if (session && !session.life.isOver() && session.usesLeft > 0) return use(session);
    keepsProcessAlive ||= mayKeepAlive;
    return use(await login.join(signal));
  }

  function tend(): void {
    if (!session?.life.isDue() || login.isRunning() || renewal.isRunning()) return;
    keepsProcessAlive = false;
    // A renewal is a request too, and may be the last one that the token is good for.
    const isRenewable = session.life.isRenewable && session.usesLeft === Infinity;
    const call = isRenewable ? renewal : login;
    // The token in use is good for a while yet, so the next read may try again.
    void call.join(undefined);
  }

  async function close(): Promise<void> {
    login.abort(closedReason());
    renewal.abort(closedReason());
    const last = session;
    session = undefined;
    if (last && !last.life.isOver()) await revokeToken(connection, last.text, runtime);
  }

  return {
    get lastLogin() {
      return lastLogin;
    },
    take,
    async replace({ login: refused }, signal) {
      // Somebody else may have logged in meanwhile.
      if (session?.login === refused) session = undefined;
      return take(signal, true);
    },
    isForeign: false,
    tend,
    close,
  };
}

function closedReason(): Error {
  return new Error('the source was closed');
}
