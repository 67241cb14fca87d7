import { createKeyProvider, type KeyErrorCode } from '@magic-hour-keys/core';
import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import type { AwsFault } from '@magic-hour-keys/testing/fakes/aws';
import { expect, test, vi } from 'vitest';
import { failureOf } from '../store-reads.ts';
import { NAME, useAws, type AwsWorld } from './aws-for-test.ts';

const world = useAws();
/** Planted into every text that AWS sends; nothing of it may show in an error. */
const canary = makeTestKey();

function secrets({ accessKey }: AwsWorld): readonly string[] {
  return [
    canary,
    accessKey.secretAccessKey,
    ...(accessKey.sessionToken === undefined ? [] : [accessKey.sessionToken]),
  ];
}

test.each<[type: string, code: KeyErrorCode, hint: string, message?: string]>([
  ['ResourceNotFoundException', 'not_found', 'Create prod/magic-hour'],
  [
    'ResourceNotFoundException',
    'not_found',
    'aws secretsmanager put-secret-value',
    'no value for staging label: AWSCURRENT',
  ],
  ['InvalidRequestException', 'disabled', 'aws secretsmanager restore-secret', 'it was marked for deletion'],
  ['InvalidRequestException', 'invalid_config', '`stage`', 'something else'],
  ['AccessDeniedException', 'access_denied', 'Allow secretsmanager:GetSecretValue on prod/magic-hour'],
  ['AccessDeniedException', 'access_denied', 'Allow kms:Decrypt', 'Access to KMS is not allowed'],
  ['DecryptionFailure', 'access_denied', 'Allow kms:Decrypt'],
  ['UnrecognizedClientException', 'unauthenticated', 'aws sts get-caller-identity'],
  ['ExpiredTokenException', 'unauthenticated', 'aws sts get-caller-identity'],
  ['InvalidSignatureException', 'unauthenticated', 'the clock of this machine'],
  ['IncompleteSignatureException', 'unauthenticated', 'aws sts get-caller-identity'],
  ['ValidationException', 'invalid_config', '`secretId`'],
  ['InvalidParameterException', 'invalid_config', '`secretId`'],
  ['LimitExceededException', 'invalid_config', 'Service Quotas'],
])('%s is %s, and the hint says: %s', async (type, code, hint, message = 'no') => {
  world.aws.fail({ type, message: `${message} ${canary}` });
  const error = await failureOf(world.source(), secrets(world));
  expect(error).toMatchObject({ code, source: 'aws', location: NAME, upstream: { name: type, status: 400 } });
  expect(error.hint).toContain(hint);
  expect(error.upstream?.requestId).toMatch(/^[0-9a-f-]{36}$/);
});

test.each(['ThrottlingException', 'TooManyRequestsException', 'RequestLimitExceeded'])(
  '%s is throttled, and Retry-After is passed on to the provider',
  async (type) => {
    world.aws.fail({ type, message: canary, retryAfterSeconds: 30 });
    const error = await failureOf(world.source(), secrets(world));
    expect(error).toMatchObject({ code: 'throttled', retryAfterMs: 30_000, transient: true });
    // 30 s are beyond the deadline, so it is not tried again.
    expect(world.aws.count('GetSecretValue')).toBe(1);
  },
);

test.each<[what: string, fault: AwsFault, code: KeyErrorCode]>([
  ['an InternalServiceError', { type: 'InternalServiceError', status: 500, message: canary }, 'unavailable'],
  [
    'a 503 with a page of a proxy',
    { text: `<html>${canary}</html>`, status: 503, contentType: 'text/html' },
    'unavailable',
  ],
  [
    'a 429 with a page of a proxy',
    { text: `<html>${canary}</html>`, status: 429, contentType: 'text/html' },
    'throttled',
  ],
  [
    'a 403 with a page of a proxy',
    { text: `<html>${canary}</html>`, status: 403, contentType: 'text/html' },
    'access_denied',
  ],
  [
    'a 200 with a page of a proxy',
    { text: `<html>${canary}</html>`, contentType: 'text/html' },
    'unavailable',
  ],
  ['a 200 with half of its JSON', { text: `{"SecretString":"${canary}` }, 'unavailable'],
  ['a 200 that begins with the secret', { text: canary }, 'unavailable'],
  ['a 200 without a body', { text: '' }, 'unavailable'],
  ['a 200 with a list', { text: `["${canary}"]` }, 'unavailable'],
  ['a 200 with null', { text: 'null' }, 'unavailable'],
  ['a 200 with a secret and no version', { text: `{"SecretString":"${canary}"}` }, 'unavailable'],
  [
    'a 200 with a version and no secret',
    { text: '{"VersionId":"12345678901234567890123456789012"}' },
    'unavailable',
  ],
  [
    'a connection that is cut in the middle of the answer',
    { text: `{"SecretString":"${canary}"`, isCut: true },
    'unavailable',
  ],
  ['a connection that is reset', 'reset', 'unavailable'],
])('%s is told without a word of what was sent', async (_what, fault, code) => {
  world.aws.fail(fault);
  const error = await failureOf(world.source(), secrets(world));
  expect(error).toMatchObject({ code, source: 'aws' });
  expect(error.hint).toMatch(/\S/);
});

test('an answer with the wrong types is no key', async () => {
  world.aws.fail({
    text: JSON.stringify({ SecretString: { value: canary }, VersionId: 1, CreatedDate: 'soon' }),
  });
  const error = await failureOf(world.source(), secrets(world));
  expect(error.code).toBe('unavailable');
});

test('a class of error that is made of the secret is not passed on as its name', async () => {
  world.aws.fail({ type: canary, message: canary });
  const error = await failureOf(world.source(), secrets(world));
  expect(error).toMatchObject({ code: 'unknown', upstream: { status: 400 } });
  expect(error.upstream?.name).toBeUndefined();
});

test('a port that nobody listens on is unavailable, with the code of the network', async () => {
  const { origin } = world.aws;
  await world.aws.close();
  const error = await failureOf(world.source({ endpoint: origin }), secrets(world));
  expect(error).toMatchObject({ code: 'unavailable', upstream: { name: 'ECONNREFUSED' } });
  expect(error.hint).toContain('HTTPS_PROXY');
});

test('a server without a certificate that is known is unavailable, and NODE_EXTRA_CA_CERTS is named', async () => {
  // Plain HTTP where TLS is expected.
  const endpoint = world.aws.origin.replace('http:', 'https:');
  const error = await failureOf(world.source({ endpoint }), secrets(world));
  expect(error.code).toBe('unavailable');
  expect(error.upstream?.name).toMatch(/^(?:EPROTO|ERR_SSL_)/);
});

test('a missing secret is told with its region, and a name that ends like an ARN with the cure', async () => {
  const error = await failureOf(
    world.source({ secretId: 'magic-hour-studio', region: 'eu-west-1' }),
    secrets(world),
  );
  expect(error).toMatchObject({ code: 'not_found', location: 'magic-hour-studio in eu-west-1' });
  expect(error.hint).toContain('Create magic-hour-studio in eu-west-1');
  expect(error.hint).toContain('must be given as the full ARN');
});

test('a secret that never had a value is told from one that is not there', async () => {
  world.aws.secrets.createEmpty(NAME);
  const error = await failureOf(world.source(), secrets(world));
  expect(error).toMatchObject({
    code: 'not_found',
    hint: expect.stringContaining('has no version AWSCURRENT'),
  });
});

test('a secret that is marked for deletion is disabled, with the command that keeps it', async () => {
  world.aws.secrets.put(NAME, canary);
  world.aws.secrets.markForDeletion(NAME);
  const error = await failureOf(world.source(), secrets(world));
  expect(error).toMatchObject({ code: 'disabled' });
  expect(error.hint).toContain(`aws secretsmanager restore-secret --secret-id ${NAME}`);
});

test('a permission that is missing is named', async () => {
  world.aws.secrets.put(NAME, canary);
  world.aws.deny('secretsmanager:GetSecretValue');
  const error = await failureOf(world.source(), secrets(world));
  expect(error).toMatchObject({ code: 'access_denied' });
  expect(error.hint).toContain('secretsmanager:GetSecretValue');
});

test('FIPS together with an endpoint of the environment is a wrong setting', async () => {
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', world.aws.origin);
  const error = await failureOf(world.source({ endpoint: undefined, fips: true }), secrets(world));
  expect(error).toMatchObject({ code: 'invalid_config', hint: expect.stringContaining('AWS_ENDPOINT_URL') });
  expect(world.aws.requests).toEqual([]);
});

test('neither the source nor its provider shows a credential when it is printed', async () => {
  world.aws.secrets.put(NAME, canary);
  const source = world.source();
  const provider = createKeyProvider(source);
  await provider.getKey();
  expect(findLeaks(source, secrets(world))).toEqual([]);
  expect(findLeaks(provider, secrets(world))).toEqual([]);
  await provider.close();
});
