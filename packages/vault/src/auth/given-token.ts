import type { VaultConnection } from '../connection.ts';
import { member } from '../member.ts';
import type { VaultSettings } from '../options.ts';
import { renewToken } from '../renew-token.ts';
import { createSharedCall } from '../shared-call.ts';
import { createLifeClock, readLookup, type TokenLife } from '../token-life.ts';
import { isRefusal } from '../vault-refusal.ts';
import type { TokenAuth, TokenFileAuth } from './auth-options.ts';
import { loginPlace, readLoginSecret } from './login-secret.ts';
import type { TokenSource, VaultToken } from './token-source.ts';

/** Where the command `vault login` leaves its token. */
const TOKEN_FILE = '~/.vault-token';

/** A token that was made elsewhere, read anew for each read. */
export function createGivenToken(
  auth: TokenAuth | TokenFileAuth,
  connection: VaultConnection,
  settings: VaultSettings,
): TokenSource {
  const take = async (signal: AbortSignal): Promise<VaultToken> => ({
    text: await readToken(auth, settings, signal),
    login: 0,
  });
  return {
    lastLogin: 0,
    take,
    async replace(refused, signal) {
      const found = await take(signal);
      return found.text === refused.text ? undefined : found;
    },
    isForeign: true,
    // Whoever writes the file renews what is in it.
    ...(auth.method === 'token' && createTokenCare(connection, settings)),
  };
}

/**
 * Keeps a token alive that nobody else renews. How long it lives is asked beside the second read, so that a short
 * process is not slowed down by it.
 */
function createTokenCare(
  connection: VaultConnection,
  settings: VaultSettings,
): Required<Pick<TokenSource, 'tend' | 'close'>> {
  let known: { readonly text: string; life: TokenLife | undefined } | undefined;

  const care = createSharedCall(async (signal) => {
    const tended = known;
    if (!tended) return;
    tended.life = tended.life
      ? await renewToken(connection, tended.text, tended.life, settings, signal)
      : await lookUp(tended.text, signal);
  }, settings.runtime);

  async function lookUp(token: string, signal: AbortSignal): Promise<TokenLife | undefined> {
    const beginLife = createLifeClock(settings.runtime);
    const path = 'auth/token/lookup-self';
    try {
      const answer = await connection.send({ path, token, signal, keepsProcessAlive: false });
      const found = readLookup(member(answer, 'data'));
      return found && beginLife(found);
    } catch (raw) {
      // Its policies do not let it look itself up, so they do not let it be renewed either.
      if (isRefusal(raw) && raw.status === 403) {
        return beginLife({ leaseSeconds: 0, isRenewable: false, uses: Infinity });
      }
      throw raw;
    }
  }

  return {
    tend({ text }, isFirstRead) {
      if (text === undefined || isFirstRead || care.isRunning()) return;
      if (known?.text !== text) known = { text, life: undefined };
      const { life } = known;
      // A token of few uses is not spent on being asked.
      const isDue = life === undefined || (life.isDue() && life.isRenewable && life.uses === Infinity);
      if (isDue) void care.join(undefined);
    },
    async close() {
      care.abort(new Error('the source was closed'));
    },
  };
}

async function readToken(
  auth: TokenAuth | TokenFileAuth,
  settings: VaultSettings,
  signal: AbortSignal,
): Promise<string> {
  if (auth.method === 'token-file') {
    return readLoginSecret('auth.file', { file: auth.file ?? TOKEN_FILE }, settings, signal);
  }
  if (auth.token) return readLoginSecret('auth.token', auth.token, settings, signal);
  const token = settings.variable('VAULT_TOKEN');
  if (token !== undefined) return token;
  const { missingSecret, readSecretFile } = await import('@magic-hour-keys/core/node');
  const place = loginPlace(settings);
  const fromFile = await readSecretFile(TOKEN_FILE, { ...place, signal }).catch(() => '');
  if (fromFile !== '') return fromFile;
  throw missingSecret(place, 'Set VAULT_TOKEN, run `vault login`, or choose another `auth.method`.');
}
