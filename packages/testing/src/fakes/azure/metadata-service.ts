import type { RecordedRequest } from '../../request-log.ts';
import type { AuthorityState } from './authority.ts';
import { json, type AzureAnswer } from './azure-answer.ts';

/** Whom the machine is, where it is somebody. */
export interface FakeIdentity {
  /** Of a user-assigned identity, which must be asked for by it. Default: the identity of the machine itself. */
  readonly clientId?: string | undefined;
}

/** The service that gives managed identities their tokens, without a secret. */
export function answerMetadata(
  request: RecordedRequest,
  { state, identity }: { state: AuthorityState; identity: FakeIdentity | undefined },
): AzureAnswer {
  const { pathname, searchParams } = new URL(request.path, 'http://metadata.invalid');
  if (pathname.replace(/\/$/, '') !== '/metadata/identity/oauth2/token')
    return json({ error: 'not_found' }, 404);
  // A guard against forged requests, so the probe without it is refused as well.
  if (request.headers['metadata'] !== 'true') {
    return json(
      { error: 'invalid_request', error_description: 'Required metadata header not specified' },
      400,
    );
  }
  const wanted = searchParams.get('client_id') ?? undefined;
  if (!identity || (wanted ?? identity.clientId) !== identity.clientId) {
    return json({ error: 'invalid_request', error_description: 'Identity not found' }, 400);
  }
  const seconds = Math.max(1, Math.floor(state.tokenLifeMs / 1000));
  return json({
    access_token: state.tokens.issue(state.tokenLifeMs),
    expires_in: String(seconds),
    expires_on: String(Math.floor(Date.now() / 1000) + seconds),
    resource: searchParams.get('resource'),
    token_type: 'Bearer',
  });
}
