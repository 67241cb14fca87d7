import { createPublicKey, generateKeyPairSync, randomBytes, randomInt, verify } from 'node:crypto';
import { refusal } from './refusal.ts';

/** The JSON that `gcloud iam service-accounts keys create` writes. */
export interface FakeServiceAccountKey {
  readonly type: 'service_account';
  readonly project_id: string;
  readonly private_key_id: string;
  readonly private_key: string;
  readonly client_email: string;
  readonly client_id: string;
  readonly token_uri: string;
}

/** Who may ask at all: access tokens, and the keys of service accounts, which sign tokens of their own. */
export interface Logins {
  /** A new access token that is accepted, with how many seconds it is said to live. */
  issueToken(lifeSeconds?: number): { readonly token: string; readonly lifeSeconds: number };
  /** Makes an RSA key. */
  createServiceAccountKey(): FakeServiceAccountKey;
  /** Nobody's login is accepted, neither one that was issued nor one that is signed. */
  revokeAll(): void;
  /** Those that were revoked are accepted again. */
  restore(): void;
  /** @throws GcpRefusal UNAUTHENTICATED, as Google answers */
  check(authorization: string | undefined): void;
}

const HOUR_SECONDS = 3600;

export function createLogins(project: string, tokenUrl: () => string): Logins {
  const tokens = new Map<string, number>();
  const keys = new Map<string, string>();
  let isRevoked = false;

  return {
    issueToken(lifeSeconds = HOUR_SECONDS) {
      const token = `ya29.${randomBytes(48).toString('base64url')}`;
      tokens.set(token, Date.now() + lifeSeconds * 1000);
      return { token, lifeSeconds };
    },
    createServiceAccountKey() {
      const { privateKey, publicKey } = generateKeyPairSync('rsa', {
        // Half of what Google makes, because it is made anew for each test.
        modulusLength: 1024,
        privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
        publicKeyEncoding: { type: 'spki', format: 'pem' },
      });
      const id = randomBytes(20).toString('hex');
      keys.set(id, publicKey);
      return {
        type: 'service_account',
        project_id: project,
        private_key_id: id,
        private_key: privateKey,
        client_email: `reader@${project}.iam.gserviceaccount.com`,
        client_id: String(randomInt(1e12)),
        token_uri: tokenUrl(),
      };
    },
    revokeAll: () => void (isRevoked = true),
    restore: () => void (isRevoked = false),
    check(authorization) {
      const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1];
      if (token === undefined) {
        throw refusal(
          'UNAUTHENTICATED',
          'Request is missing required authentication credential.',
          'CREDENTIALS_MISSING',
        );
      }
      const isGood = (tokens.get(token) ?? 0) > Date.now() || isSigned(token, keys);
      if (isGood && !isRevoked) return;
      throw refusal(
        'UNAUTHENTICATED',
        'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.',
        'ACCESS_TOKEN_TYPE_UNSUPPORTED',
      );
    },
  };
}

/** A token that the client signs itself (google.aip.dev/auth/4111). */
function isSigned(token: string, keys: ReadonlyMap<string, string>): boolean {
  const [header = '', claims = '', signature] = token.split('.');
  if (signature === undefined) return false;
  const key = keys.get(String(parsePart(header)['kid']));
  if (key === undefined || Number(parsePart(claims)['exp']) * 1000 < Date.now()) return false;
  const signed = Buffer.from(`${header}.${claims}`);
  return verify('sha256', signed, createPublicKey(key), Buffer.from(signature, 'base64url'));
}

function parsePart(part: string): Readonly<Record<string, unknown>> {
  try {
    return { ...(JSON.parse(Buffer.from(part, 'base64url').toString()) as object) };
  } catch {
    return {};
  }
}
