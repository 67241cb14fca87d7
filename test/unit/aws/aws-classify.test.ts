import { awsKeySource } from '@magic-hour-keys/aws';
import type { KeyErrorCode, KeyFailure } from '@magic-hour-keys/core';
import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { expect, test } from 'vitest';

const canary = makeTestKey();

function classify(error: unknown, options: object = {}): KeyFailure {
  const failure = awsKeySource({ secretId: 'prod/magic-hour', ...options }).classify?.(error);
  if (typeof failure !== 'object') throw new Error('not classified');
  expect(findLeaks(failure, [canary])).toEqual([]);
  return failure;
}

/** As the SDK throws them: with a text, and the response with its socket and headers in reach. */
function sdkError(members: object): Error {
  return Object.assign(new Error(`something about ${canary}`), { $response: { body: canary } }, members);
}

test.each<[code: string, KeyErrorCode, hint: string]>([
  ['ECONNREFUSED', 'unavailable', 'VPC endpoint'],
  ['ECONNRESET', 'unavailable', 'VPC endpoint'],
  ['EPIPE', 'unavailable', 'VPC endpoint'],
  ['ENOTFOUND', 'unavailable', '`region`'],
  ['EAI_AGAIN', 'unavailable', 'DNS'],
  ['ETIMEDOUT', 'timeout', '`endpoint`'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unavailable', 'NODE_EXTRA_CA_CERTS'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'unavailable', 'NODE_EXTRA_CA_CERTS'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'unavailable', 'NODE_EXTRA_CA_CERTS'],
  ['CERT_HAS_EXPIRED', 'unavailable', 'NODE_EXTRA_CA_CERTS'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'unavailable', 'NODE_EXTRA_CA_CERTS'],
  ['ENOENT', 'unauthenticated', 'AWS credentials'],
  ['EACCES', 'unauthenticated', 'AWS credentials'],
])('%s of the network is %s, and the hint names %s', (code, expected, hint) => {
  // A connection that was reset has the name of a time-out in the SDK.
  const failure = classify(sdkError({ code, name: code === 'ECONNRESET' ? 'TimeoutError' : 'Error' }));
  expect(failure).toMatchObject({ code: expected, upstream: { name: code } });
  expect(failure.hint).toContain(hint);
});

test.each<[name: string, KeyErrorCode]>([
  ['TimeoutError', 'timeout'],
  // SDK 3.709 does not tell the status of an answer that is no JSON.
  ['SyntaxError', 'unavailable'],
  ['CredentialsProviderError', 'unauthenticated'],
  ['TokenProviderError', 'unauthenticated'],
  ['InvalidIdentityTokenException', 'unauthenticated'],
  ['IDPCommunicationErrorException', 'unavailable'],
  ['ServiceUnavailableException', 'unavailable'],
  ['SlowDown', 'throttled'],
  ['EndpointError', 'invalid_config'],
  ['SomethingNewException', 'unknown'],
])('%s is %s', (name, code) => {
  expect(classify(sdkError({ name }))).toMatchObject({ code, upstream: { name } });
});

test.each([[500], [502], [503], [504]])(
  'an unknown error with status %i is unavailable',
  (httpStatusCode) => {
    const failure = classify(sdkError({ name: 'SomethingNew', $metadata: { httpStatusCode } }));
    expect(failure).toMatchObject({ code: 'unavailable', upstream: { status: httpStatusCode } });
  },
);

test.each(['text', undefined, null, 5, {}, [], new Error(canary), () => canary])(
  'anything that is thrown can be classified: %#',
  (thrown) => {
    expect(classify(thrown).code).toBe('unknown');
  },
);

test('a request id is passed on only where it is one', () => {
  const requestId = 'b1946ac9-2a6c-4f3e-9d0b-0123456789ab';
  expect(classify(sdkError({ $metadata: { requestId } })).upstream).toMatchObject({ requestId });
  expect(classify(sdkError({ $metadata: { requestId: canary } })).upstream?.requestId).toBeUndefined();
});

test.each([
  ['120', 120_000],
  ['0', 0],
  ['soon', undefined],
])('Retry-After: %s is %s ms', (text, retryAfterMs) => {
  const $response = { headers: { 'retry-after': text } };
  expect(classify(sdkError({ name: 'ThrottlingException', $response })).retryAfterMs).toBe(retryAfterMs);
});

test('what the SDK says of a session of SSO is told as the command to run', () => {
  const message = 'The SSO session associated with this profile has expired or is otherwise invalid.';
  const error = Object.assign(new Error(message), { name: 'CredentialsProviderError' });
  expect(classify(error).hint).toBe('The session has ended. Run: aws sso login');
});
