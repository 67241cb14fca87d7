import type { KeyErrorCode, KeyFailure } from '@magic-hour-keys/core';
import { gcpKeySource } from '@magic-hour-keys/gcp';
import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { expect, test } from 'vitest';

const canary = makeTestKey();

function classify(error: unknown, options: object = {}): KeyFailure {
  const failure = gcpKeySource({ secret: 'projects/p/secrets/magic-hour', ...options }).classify?.(error);
  if (typeof failure !== 'object') throw new Error('not classified');
  expect(findLeaks(failure, [canary])).toEqual([]);
  return failure;
}

/** As the SDK throws them: with a text, and metadata and request in reach. */
function sdkError(members: object, text = ''): Error {
  return Object.assign(new Error(`${text} ${canary}`), { metadata: { token: canary } }, members);
}

/** As the login throws them, wrapped where the login is made. */
function loginError(members: object, text = ''): Error {
  return Object.defineProperty(new Error('login'), 'loginCause', { value: sdkError(members, text) });
}

test.each<[text: string, hint: string]>([
  [
    '14 UNAVAILABLE: No connection established. Last error: unable to verify the first certificate',
    'NODE_EXTRA_CA_CERTS',
  ],
  ["14 UNAVAILABLE: Hostname/IP does not match certificate's altnames", 'NODE_EXTRA_CA_CERTS'],
  ['14 UNAVAILABLE: No connection established. Last error: self-signed certificate', 'NODE_EXTRA_CA_CERTS'],
  ['14 UNAVAILABLE: Name resolution failed for target dns:secretmanager.example:443', 'DNS'],
  ['14 UNAVAILABLE: No connection established. Last error: connect ECONNREFUSED', 'network'],
])('gRPC tells what is wrong with a connection in its text alone: %s', (text, hint) => {
  const failure = classify(sdkError({ code: 14 }, text));
  expect(failure).toMatchObject({ code: 'unavailable', upstream: { name: 'UNAVAILABLE' } });
  expect(failure.hint).toContain(hint);
});

test.each<[code: string, KeyErrorCode]>([
  ['ECONNREFUSED', 'unavailable'],
  ['ECONNRESET', 'unavailable'],
  ['ENOTFOUND', 'unavailable'],
  ['EAI_AGAIN', 'unavailable'],
  ['ETIMEDOUT', 'timeout'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'unavailable'],
  ['CERT_HAS_EXPIRED', 'unavailable'],
])('%s of the network is %s, of a read and of a login', (code, expected) => {
  expect(classify(sdkError({ code }))).toMatchObject({ code: expected, upstream: { name: code } });
  expect(classify(loginError({ code }))).toMatchObject({ code: expected, upstream: { name: code } });
});

test.each<[text: string, KeyErrorCode]>([
  ['2 UNKNOWN: Getting metadata from plugin failed with error: invalid_grant', 'unauthenticated'],
  [
    '14 UNAVAILABLE: Getting metadata from plugin failed with error: connect ECONNREFUSED 1.2.3.4:443',
    'unavailable',
  ],
  ['16 UNAUTHENTICATED: Getting metadata from plugin failed with error: no token', 'unauthenticated'],
])('a token that could not be renewed in the middle of a call is no unknown error: %s', (text, code) => {
  expect(classify(sdkError({ code: Number.parseInt(text, 10) }, text)).code).toBe(code);
});

test.each<[members: object, text: string, KeyErrorCode]>([
  [{}, 'Could not load the default credentials.', 'unauthenticated'],
  [{ code: 'ENOENT' }, 'no such file', 'unauthenticated'],
  [{ status: 400 }, 'invalid_grant', 'unauthenticated'],
  [{ status: 401 }, 'no', 'unauthenticated'],
  [{ response: { status: 403 } }, 'no', 'unauthenticated'],
  [{ status: 403 }, 'unable to impersonate: PERMISSION_DENIED', 'access_denied'],
  [{ status: 404 }, 'no account here', 'unauthenticated'],
  [{ status: 429 }, 'slow down', 'throttled'],
  [{ status: 503 }, 'down', 'unavailable'],
  [{ code: 7 }, 'a number that is none of gRPC here', 'unauthenticated'],
  [{}, 'The configured universe domain (a) does not match the universe domain found', 'invalid_config'],
])('a login that fails with %j, %s is %s', (members, text, code) => {
  const failure = classify(loginError(members, text));
  expect(failure.code).toBe(code);
  expect(failure.hint).toMatch(/./);
});

test('an account that may not be acted as is named with the role that is missing', () => {
  const impersonate = 'reader@p.iam.gserviceaccount.com';
  const error = loginError({ status: 403 }, 'unable to impersonate: PERMISSION_DENIED');
  const failure = classify(error, { auth: { method: 'metadata', impersonate } });
  expect(failure.hint).toContain(`roles/iam.serviceAccountTokenCreator on ${impersonate}`);
});

test.each([
  [{ method: 'default' }, 'GOOGLE_APPLICATION_CREDENTIALS'],
  [{ method: 'metadata' }, 'Attach a service account'],
  [{ method: 'workload-identity', credentialFile: '/etc/wif.json' }, '/etc/wif.json'],
  [{ method: 'service-account', key: { env: 'KEY' } }, '`auth.key`'],
])('a login by %j that found nothing is told with what that method needs', (auth, hint) => {
  expect(classify(loginError({}, 'nothing'), { auth }).hint).toContain(hint);
});

test.each([
  [{ retryDelay: { seconds: '30', nanos: 500_000_000 } }, 30_500],
  [{ retryDelay: { seconds: 2 } }, 2000],
  [{ retryDelay: '1.5s' }, 1500],
  [{ retryDelay: 'soon' }, undefined],
  [{ retryDelay: {} }, undefined],
  [{ other: 1 }, undefined],
])('a detail %j asks for %s ms', (detail, retryAfterMs) => {
  const error = sdkError({ code: 8, statusDetails: [null, detail] });
  expect(classify(error)).toMatchObject({ code: 'throttled' });
  expect(classify(error).retryAfterMs).toBe(retryAfterMs);
});

test('a reason is passed on only where it is a word', () => {
  expect(classify(sdkError({ code: 7, reason: 'IAM_PERMISSION_DENIED' })).upstream?.name).toBe(
    'IAM_PERMISSION_DENIED',
  );
  expect(classify(sdkError({ code: 7, reason: canary })).upstream?.name).toBe('PERMISSION_DENIED');
});

test.each(['text', undefined, null, 5, {}, [], new Error(canary), () => canary, { code: 99 }, { code: -1 }])(
  'anything that is thrown can be classified: %#',
  (thrown) => {
    expect(classify(thrown).code).toBe('unknown');
  },
);
