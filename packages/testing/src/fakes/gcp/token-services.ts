import type { RecordedRequest } from '../../request-log.ts';
import type { Logins } from './logins.ts';
import { refusalJson } from './rest-wire.ts';
import { httpStatusOf, isRefusal, refusal } from './refusal.ts';

export interface TokenState {
  readonly logins: Logins;
  /** What the identity provider outside of Google signs; STS takes these alone. */
  readonly subjectTokens: Set<string>;
  /** Service accounts that may be acted as. */
  readonly impersonable: Set<string>;
  /** Whether this machine has an account. */
  hasAccount: boolean;
  /** Of the tokens that are given out. */
  lifeSeconds: number | undefined;
}

export interface PlainAnswer {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

const METADATA = '/computeMetadata/v1/';
export const STS_PATH = '/sts/v1/token';
const IMPERSONATION = /^\/v1\/projects\/-\/serviceAccounts\/([^/:]+):generateAccessToken$/;

/** Which of the services that give out tokens is asked, such as `"metadata"`; undefined for another path. */
export function tokenServiceOf(path: string): 'metadata' | 'sts' | 'impersonation' | undefined {
  if (path.startsWith(METADATA)) return 'metadata';
  if (path === STS_PATH) return 'sts';
  return IMPERSONATION.test(path) ? 'impersonation' : undefined;
}

export function answerTokenService(request: RecordedRequest, state: TokenState): PlainAnswer {
  switch (tokenServiceOf(request.path)) {
    case 'metadata':
      return answerMetadata(request, state);
    case 'sts':
      return answerSts(new URLSearchParams(request.body), state);
    case 'impersonation':
      return answerImpersonation(request, state);
    case undefined:
      return json({ error: 'not found' }, 404);
  }
}

/** cloud.google.com/compute/docs/metadata: nothing without its header, which the answer repeats. */
function answerMetadata(
  request: RecordedRequest,
  { logins, hasAccount, lifeSeconds }: TokenState,
): PlainAnswer {
  const headers = { 'metadata-flavor': 'Google', 'content-type': 'application/text' };
  if (request.headers['metadata-flavor'] !== 'Google')
    return { status: 403, text: 'Missing header', headers };
  const path = request.path.slice(METADATA.length).replace(/\?.*$/, '');
  if (path === 'instance/' || path === 'instance') return { status: 200, text: 'id\n', headers };
  if (path === 'project/project-id') return { status: 200, text: 'fake-project', headers };
  if (path !== 'instance/service-accounts/default/token' || !hasAccount)
    return { status: 404, text: '', headers };
  const issued = logins.issueToken(lifeSeconds);
  const body = { access_token: issued.token, expires_in: issued.lifeSeconds, token_type: 'Bearer' };
  return {
    status: 200,
    text: JSON.stringify(body),
    headers: { ...headers, 'content-type': 'application/json' },
  };
}

/** RFC 8693. */
function answerSts(form: URLSearchParams, { logins, subjectTokens, lifeSeconds }: TokenState): PlainAnswer {
  if (!subjectTokens.has(form.get('subject_token') ?? '')) {
    return json({ error: 'invalid_grant', error_description: 'The given credential is rejected.' }, 400);
  }
  const issued = logins.issueToken(lifeSeconds);
  return json({
    access_token: issued.token,
    issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    token_type: 'Bearer',
    expires_in: issued.lifeSeconds,
  });
}

function answerImpersonation(request: RecordedRequest, state: TokenState): PlainAnswer {
  const account = IMPERSONATION.exec(request.path)?.[1] ?? '';
  try {
    state.logins.check(request.authorization);
    if (!state.impersonable.has(decodeURIComponent(account))) {
      throw refusal(
        'PERMISSION_DENIED',
        "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist).",
        'IAM_PERMISSION_DENIED',
      );
    }
  } catch (error) {
    if (isRefusal(error)) return json(refusalJson(error), httpStatusOf(error.status));
    throw error;
  }
  const issued = state.logins.issueToken(state.lifeSeconds);
  const expireTime = new Date(Date.now() + issued.lifeSeconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
  return json({ accessToken: issued.token, expireTime });
}

function json(value: unknown, status = 200): PlainAnswer {
  return { status, text: JSON.stringify(value), headers: { 'content-type': 'application/json' } };
}
