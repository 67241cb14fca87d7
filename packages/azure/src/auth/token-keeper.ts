import type { TokenCredential } from '@azure/identity';
import { createLoginFailure } from './login-failure.ts';
import type { LoginTrouble } from './login-trouble.ts';

type GetTokenOptions = Parameters<TokenCredential['getToken']>[1];
type AccessToken = NonNullable<Awaited<ReturnType<TokenCredential['getToken']>>>;

/** A credential whose tokens are kept here rather than by the SDK's client. */
export interface TokenKeeper {
  readonly credential: TokenCredential;
  /** Whether a token is being waited for. */
  readonly isWaiting: () => boolean;
}

export interface TokenKeeperParts {
  readonly credential: TokenCredential;
  /** Called before each login. */
  readonly begin: () => void;
  /** What went wrong in the login that has just failed. */
  readonly trouble: () => LoginTrouble | undefined;
}

/** As the SDK has it. */
const REFRESH_BEFORE_END_MS = 2 * 60 * 1000;
const LEAST_LIFE_MS = 1000;

/**
 * The SDK's client refreshes a token in the background, two minutes before its end, with a promise that nobody
 * observes: an authority that is down for so long ends the process. It also hands the signal of whichever read came
 * first to a login that all of them wait for. So it is given tokens that it never keeps, and the login no signal.
 */
export function keepTokens({ credential, begin, trouble }: TokenKeeperParts): TokenKeeper {
  let kept: { readonly key: string; readonly token: AccessToken } | undefined;
  let waiting = 0;

  async function logIn(scopes: string | string[], options: GetTokenOptions): Promise<AccessToken> {
    const { abortSignal: _ofOneRead, ...rest } = options ?? {};
    waiting += 1;
    begin();
    try {
      const token = await credential.getToken(scopes, rest);
      if (!isToken(token)) throw createLoginFailure(undefined, trouble());
      return token;
    } catch (raw) {
      throw createLoginFailure(raw, trouble());
    } finally {
      waiting -= 1;
    }
  }

  return {
    credential: {
      async getToken(scopes, options) {
        const key = JSON.stringify([scopes, options?.tenantId]);
        // A challenge with claims says that the kept token will not do.
        const known = kept?.key === key && options?.claims === undefined ? kept.token : undefined;
        if (known && !isAging(known)) return withoutLife(known);
        try {
          const token = await logIn(scopes, options);
          kept = { key, token };
          return withoutLife(token);
        } catch (error) {
          if (known && known.expiresOnTimestamp - LEAST_LIFE_MS > Date.now()) return withoutLife(known);
          kept = undefined;
          throw error;
        }
      },
    },
    isWaiting: () => waiting > 0,
  };
}

function isAging({ refreshAfterTimestamp, expiresOnTimestamp }: AccessToken): boolean {
  const end = expiresOnTimestamp - REFRESH_BEFORE_END_MS;
  return Math.min(refreshAfterTimestamp ?? Infinity, end) <= Date.now();
}

/** Ended already, so that the SDK's client asks again for each request, and waits for the answer. */
function withoutLife({ token }: AccessToken): AccessToken {
  return { token, expiresOnTimestamp: 0 };
}

/** Any object may be handed in as a credential. */
function isToken(given: unknown): given is AccessToken {
  const { token, expiresOnTimestamp }: Readonly<Record<string, unknown>> = {
    ...(given as object | undefined),
  };
  const isTime = typeof expiresOnTimestamp === 'number' && !Number.isNaN(expiresOnTimestamp);
  return typeof token === 'string' && token !== '' && isTime;
}
