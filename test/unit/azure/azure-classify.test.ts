import { azureKeySource } from '@magic-hour-keys/azure';
import type { KeyErrorCode, KeyFailure } from '@magic-hour-keys/core';
import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { expect, test } from 'vitest';

const canary = makeTestKey();

function classify(error: unknown): KeyFailure {
  const source = azureKeySource({ vaultUrl: 'https://my-vault.vault.azure.net', name: 'magic-hour' });
  const failure = source.classify?.(error);
  if (typeof failure !== 'object') throw new Error('not classified');
  expect(findLeaks(failure, [canary])).toEqual([]);
  return failure;
}

/** As the SDK throws them: with a text, and the request and response with token and secret in reach. */
function sdkError(members: object, message = `something about ${canary}`): Error {
  return Object.assign(new Error(message), { name: 'RestError', request: { body: canary } }, members);
}

test.each<[code: string, KeyErrorCode, hint: string]>([
  ['ECONNREFUSED', 'unavailable', 'private endpoint'],
  ['ECONNRESET', 'unavailable', 'private endpoint'],
  ['ENOTFOUND', 'unavailable', 'DNS'],
  ['EAI_AGAIN', 'unavailable', 'DNS'],
  ['ETIMEDOUT', 'timeout', '`vaultUrl`'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unavailable', '`caFile`'],
  ['CERT_HAS_EXPIRED', 'unavailable', 'NODE_EXTRA_CA_CERTS'],
  ['PARSE_ERROR', 'unavailable', 'proxies'],
])('%s of a client that was handed in is %s, and the hint names %s', (code, expected, hint) => {
  const failure = classify(sdkError({ code }));
  expect(failure).toMatchObject({ code: expected, upstream: { name: code } });
  expect(failure.hint).toContain(hint);
});

test.each<[status: number, inner: string | undefined, KeyErrorCode]>([
  [400, undefined, 'invalid_config'],
  [401, undefined, 'unauthenticated'],
  [403, undefined, 'access_denied'],
  [403, 'ForbiddenByRbac', 'access_denied'],
  [403, 'SecretDisabled', 'disabled'],
  [404, undefined, 'not_found'],
  [408, undefined, 'timeout'],
  [429, undefined, 'throttled'],
  [500, undefined, 'unavailable'],
  [503, undefined, 'unavailable'],
])('status %i of Key Vault with the inner code %s is %s', (statusCode, innerCode, code) => {
  const innerError = innerCode === undefined ? undefined : { code: innerCode };
  const details = { error: { code: 'SomeCode', message: canary, innerError } };
  const failure = classify(sdkError({ statusCode, code: 'SomeCode', details }));
  expect(failure).toMatchObject({ code, upstream: { name: innerCode ?? 'SomeCode', status: statusCode } });
});

test('an emulator that says in a text that a secret is disabled is understood', () => {
  const error = { code: 'com.example.NotFoundException', message: canary };
  const text = `Operation get is not allowed on a disabled entity. ${canary}`;
  expect(classify(sdkError({ statusCode: 404, details: { error } }, text)).code).toBe('disabled');
});

test('a 404 that is none of Key Vault does not say that the secret is gone', () => {
  expect(classify(sdkError({ statusCode: 404, details: {} })).code).toBe('unavailable');
});

test('an issuer that the vault does not know is told as another tenant', () => {
  const failure = classify(sdkError({ statusCode: 401 }, 'AKV10032: Invalid issuer. Expected one of …'));
  expect(failure).toMatchObject({ code: 'unauthenticated' });
  expect(failure.hint).toContain('another tenant');
});

test.each(['text', undefined, null, 5, {}, [], new Error(canary), () => canary])(
  'anything that is thrown can be classified: %#',
  (thrown) => {
    expect(classify(thrown).code).toBe('unknown');
  },
);

test('what the SDK stumbles over is an answer of something else', () => {
  expect(classify(new TypeError(`Cannot read properties of ${canary}`)).code).toBe('unavailable');
});

test.each([
  ['120', 120_000],
  ['soon', undefined],
  [undefined, undefined],
])('Retry-After: %s is %s ms', (text, retryAfterMs) => {
  const headers = new Map([['retry-after', text]]);
  expect(classify(sdkError({ statusCode: 429, response: { headers } })).retryAfterMs).toBe(retryAfterMs);
});

test('a request id is passed on only where it is one', () => {
  const requestIdOf = (id: string): unknown => {
    const response = { headers: new Map([['x-ms-request-id', id]]) };
    return classify(sdkError({ response })).upstream?.requestId;
  };
  expect(requestIdOf('b1946ac9-2a6c-4f3e-9d0b-0123456789ab')).toBe('b1946ac9-2a6c-4f3e-9d0b-0123456789ab');
  expect(requestIdOf(canary)).toBeUndefined();
});
