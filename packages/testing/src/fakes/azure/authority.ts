import { constants, createPublicKey, randomUUID, verify } from 'node:crypto';
import type { RecordedRequest } from '../../request-log.ts';
import { json, type AzureAnswer } from './azure-answer.ts';
import type { TokenBook } from './token-book.ts';

/** An app registration: who may ask for a token. */
export interface FakeApplication {
  readonly clientId: string;
  clientSecret: string;
  /** Certificates that it signs its assertions with, in PEM. */
  readonly certificates: string[];
  /** The one token of a federated identity that is accepted, where there is one. */
  federatedToken: string | undefined;
  isRevoked: boolean;
}

export interface AuthorityState {
  readonly tenantId: string;
  readonly applications: Map<string, FakeApplication>;
  readonly tokens: TokenBook;
  tokenLifeMs: number;
}

/** The operation that a request to the authority means. */
export function authorityOperation({ method, path }: Pick<RecordedRequest, 'method' | 'path'>): string {
  const { pathname } = new URL(path, 'https://authority.invalid');
  if (pathname.endsWith('/.well-known/openid-configuration')) return 'openid-configuration';
  if (pathname.endsWith('/common/discovery/instance')) return 'instance-discovery';
  return method === 'POST' && pathname.endsWith('/oauth2/v2.0/token') ? 'token' : '';
}

/** What Entra would answer. */
export function answerAuthority(
  request: RecordedRequest,
  { state, origin }: { state: AuthorityState; origin: string },
): AzureAnswer {
  const [, tenant = ''] = new URL(request.path, origin).pathname.split('/');
  switch (authorityOperation(request)) {
    case 'openid-configuration': {
      const base = `${origin}/${tenant}`;
      return json({
        issuer: `${base}/v2.0`,
        authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
        token_endpoint: `${base}/oauth2/v2.0/token`,
        jwks_uri: `${base}/discovery/v2.0/keys`,
      });
    }
    case 'instance-discovery':
      return json(
        { error: 'invalid_instance', error_description: 'AADSTS50049: Unknown or invalid instance.' },
        400,
      );
    case 'token':
      return answerToken(new URLSearchParams(request.body), tenant, { state, origin });
    default:
      return json({ error: 'not_found' }, 404);
  }
}

function answerToken(
  form: URLSearchParams,
  tenant: string,
  { state, origin }: { state: AuthorityState; origin: string },
): AzureAnswer {
  if (tenant !== state.tenantId)
    return refuse(400, 'invalid_request', 90002, `Tenant '${tenant}' not found.`);
  const application = state.applications.get(form.get('client_id') ?? '');
  if (!application || application.isRevoked) {
    return refuse(400, 'unauthorized_client', 700016, 'Application was not found in the directory.');
  }
  const secret = form.get('client_secret');
  const assertion = form.get('client_assertion') ?? '';
  if (secret !== null && secret !== application.clientSecret) {
    return refuse(401, 'invalid_client', 7000215, `Invalid client secret provided: ${secret}`);
  }
  if (secret === null && assertion !== application.federatedToken) {
    const audience = `${origin}/${tenant}/oauth2/v2.0/token`;
    if (!isSigned(assertion, application, audience)) {
      return refuse(401, 'invalid_client', 700027, `The certificate was not found: ${assertion}`);
    }
  }
  const seconds = Math.max(1, Math.floor(state.tokenLifeMs / 1000));
  return json({
    token_type: 'Bearer',
    expires_in: seconds,
    ext_expires_in: seconds,
    access_token: state.tokens.issue(state.tokenLifeMs),
  });
}

/** Entra quotes in its texts what it was sent; so does this one, as a trap. */
function refuse(status: number, error: string, entraCode: number, text: string): AzureAnswer {
  return json(
    {
      error,
      error_description: `AADSTS${entraCode}: ${text} Trace ID: ${randomUUID()}`,
      error_codes: [entraCode],
    },
    status,
  );
}

/** RFC 7523: a JWT that the private key of one of the certificates has signed, for this endpoint. */
function isSigned(assertion: string, { clientId, certificates }: FakeApplication, audience: string): boolean {
  const [head = '', body = '', signature = ''] = assertion.split('.');
  const { alg } = parsePart(head);
  const { aud, sub } = parsePart(body);
  if (sub !== clientId || aud !== audience || (alg !== 'RS256' && alg !== 'PS256')) return false;
  const padding = alg === 'PS256' ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;
  const signed = Buffer.from(`${head}.${body}`);
  return certificates.some((certificate) =>
    verify(
      'sha256',
      signed,
      { key: createPublicKey(certificate), padding },
      Buffer.from(signature, 'base64url'),
    ),
  );
}

function parsePart(text: string): Readonly<Record<string, unknown>> {
  try {
    return { ...(JSON.parse(Buffer.from(text, 'base64url').toString()) as object | null) };
  } catch {
    return {};
  }
}
