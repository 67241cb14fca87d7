import { createKeyProvider, type KeyErrorCode } from '@magic-hour-keys/core';
import type { GcpTransport } from '@magic-hour-keys/gcp';
import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import type { GcpFault, GcpStatus } from '@magic-hour-keys/testing/fakes/gcp';
import { describe, expect, test } from 'vitest';
import { failureOf } from '../store-reads.ts';
import { NAME, useGcp } from './gcp-for-test.ts';

const world = useGcp();
/** Planted into every text that Google sends; nothing of it may show in an error. */
const canary = makeTestKey();
const secrets = (): readonly string[] => [canary, ...world.secrets];

describe.each<GcpTransport>(['grpc', 'rest'])('over %s', (transport) => {
  test.each<[status: GcpStatus, code: KeyErrorCode, hint: string, message?: string, reason?: string]>([
    ['NOT_FOUND', 'not_found', 'gcloud secrets versions list magic-hour --project=my-project'],
    ['FAILED_PRECONDITION', 'disabled', 'gcloud secrets versions enable latest', 'is in DISABLED state.'],
    ['FAILED_PRECONDITION', 'disabled', 'gcloud secrets versions add magic-hour', 'is in DESTROYED state.'],
    [
      'FAILED_PRECONDITION',
      'access_denied',
      'roles/cloudkms.cryptoKeyEncrypterDecrypter',
      'the Cloud KMS key is disabled',
    ],
    ['PERMISSION_DENIED', 'access_denied', 'roles/secretmanager.secretAccessor on the secret magic-hour'],
    [
      'PERMISSION_DENIED',
      'access_denied',
      'gcloud services enable secretmanager.googleapis.com',
      'off',
      'SERVICE_DISABLED',
    ],
    ['PERMISSION_DENIED', 'access_denied', 'billing account', 'off', 'BILLING_DISABLED'],
    [
      'PERMISSION_DENIED',
      'access_denied',
      '--scopes=cloud-platform',
      'no',
      'ACCESS_TOKEN_SCOPE_INSUFFICIENT',
    ],
    ['UNAUTHENTICATED', 'unauthenticated', 'gcloud auth list'],
    ['INVALID_ARGUMENT', 'invalid_config', '`project`'],
    ['OUT_OF_RANGE', 'invalid_config', '`version`'],
    ['INTERNAL', 'unavailable', '`endpoint`'],
    ['UNAVAILABLE', 'unavailable', 'status.cloud.google.com'],
    ['DATA_LOSS', 'unavailable', 'status.cloud.google.com'],
    ['UNIMPLEMENTED', 'unavailable', '`transport`'],
    ['DEADLINE_EXCEEDED', 'timeout', 'Private Google Access'],
    ['UNKNOWN', 'unknown', ''],
  ])('%s is %s, and the hint says: %s', async (status, code, hint, message = 'no', reason) => {
    world.gcp.fail({ status, message: `${message} ${canary}`, reason });
    const error = await failureOf(world.source({ transport }), secrets());
    expect(error).toMatchObject({
      code,
      source: 'gcp',
      location: NAME,
      upstream: { name: reason ?? status },
    });
    expect(error.hint ?? '').toContain(hint);
  });

  test('RESOURCE_EXHAUSTED is throttled, and the delay of RetryInfo is passed on to the provider', async () => {
    world.gcp.fail({ status: 'RESOURCE_EXHAUSTED', message: canary, retryDelaySeconds: 30 });
    const error = await failureOf(world.source({ transport }), secrets());
    expect(error).toMatchObject({ code: 'throttled', retryAfterMs: 30_000, transient: true });
    expect(error.hint).toContain('90,000');
    // 30 s are beyond the deadline, so it is not tried again.
    expect(world.gcp.count('AccessSecretVersion')).toBe(1);
  });

  test.each<[what: string, fault: GcpFault]>([
    ['a 200 with a page of a proxy', { text: `<html>${canary}</html>`, contentType: 'text/html' }],
    [
      'a 503 with a page of a proxy',
      { text: `<html>${canary}</html>`, httpStatus: 503, contentType: 'text/html' },
    ],
    [
      'a 502 with a page of a proxy',
      { text: `<html>${canary}</html>`, httpStatus: 502, contentType: 'text/html' },
    ],
    ['a 200 with half of an answer', { text: `{"payload":{"data":"${canary}` }],
    ['a 200 that begins with the secret', { text: canary }],
    ['a 200 without a body', { text: '' }],
    ['a connection that is reset', 'reset'],
  ])('%s is unavailable, told without a word of what was sent', async (_what, fault) => {
    world.gcp.fail(fault);
    const error = await failureOf(world.source({ transport }), secrets());
    expect(error).toMatchObject({ code: 'unavailable', source: 'gcp' });
    expect(error.hint).toMatch(/\S/);
  });

  test('a port that nobody listens on is unavailable', async () => {
    const { origin } = world.gcp;
    const source = world.source({ transport, endpoint: origin });
    await world.gcp.close();
    const error = await failureOf(source, secrets());
    expect(error.code).toBe('unavailable');
    expect(error.hint).toMatch(/network|address/);
  });

  test('a server that is not trusted is not asked, and the hint says what to check', async () => {
    // Plain text where TLS is expected.
    const endpoint = world.gcp.origin.replace('http:', 'https:');
    const error = await failureOf(world.source({ transport, endpoint }), secrets());
    expect(error.code).toBe('unavailable');
    expect(world.gcp.requests).toEqual([]);
  });

  test('a permission that is missing is named with the role that has it', async () => {
    world.gcp.secrets.put(NAME, canary);
    world.gcp.deny('secretmanager.versions.access');
    const error = await failureOf(world.source({ transport }), secrets());
    expect(error).toMatchObject({ code: 'access_denied', upstream: { name: 'IAM_PERMISSION_DENIED' } });
    expect(error.hint).toContain('roles/secretmanager.secretAccessor');
  });

  test('a secret that never had a value is not found', async () => {
    world.gcp.secrets.createEmpty(NAME);
    expect(await failureOf(world.source({ transport }), secrets())).toMatchObject({ code: 'not_found' });
  });

  test.each(['DISABLED', 'DESTROYED'] as const)('a version that is %s is disabled', async (state) => {
    world.gcp.secrets.put(NAME, canary);
    world.gcp.secrets.setState(NAME, state);
    const error = await failureOf(world.source({ transport }), secrets());
    expect(error).toMatchObject({ code: 'disabled', transient: false });
  });

  test('neither the source nor its provider shows a credential when it is printed', async () => {
    world.gcp.secrets.put(NAME, canary);
    const source = world.source({ transport });
    const provider = createKeyProvider(source);
    await provider.getKey();
    expect(findLeaks(source, secrets())).toEqual([]);
    expect(findLeaks(provider, secrets())).toEqual([]);
    await provider.close();
  });
});

test.each<[number, string, KeyErrorCode]>([
  [500, 'rpc error: code = NotFound desc = Secret [x] not found', 'not_found'],
  [
    500,
    'rpc error: code = FailedPrecondition desc = Version [x] is not enabled (state: DISABLED)',
    'disabled',
  ],
  [404, 'rpc error: code = PermissionDenied desc = no', 'access_denied'],
  [500, 'Failed to marshal', 'unavailable'],
  [404, 'Not found', 'not_found'],
  [429, 'slow down', 'throttled'],
])('a gateway that answers %i with the text %j is understood: %s', async (httpStatus, text, code) => {
  world.gcp.fail({
    text: JSON.stringify({ error: `${text} ${canary}` }),
    httpStatus,
    contentType: 'text/plain',
  });
  const error = await failureOf(world.source({ transport: 'rest' }), secrets());
  expect(error).toMatchObject({ code, upstream: { status: httpStatus } });
});

test('Retry-After of a proxy is passed on too', async () => {
  world.gcp.fail({ text: '', httpStatus: 503, retryAfterSeconds: 7 });
  expect(await failureOf(world.source({ transport: 'rest' }), secrets())).toMatchObject({
    retryAfterMs: 7000,
  });
});

test('a redirect is not followed, so that the token stays where it was meant to go', async () => {
  world.gcp.secrets.put(NAME, canary);
  world.gcp.fail({ text: '', httpStatus: 307 }, { times: 1 });
  expect(await failureOf(world.source({ transport: 'rest' }), secrets())).toMatchObject({
    code: 'unavailable',
  });
  expect(world.gcp.count('AccessSecretVersion')).toBe(1);
});

test.each([
  ['a list', `["${canary}"]`],
  ['null', 'null'],
  ['a payload and no name', JSON.stringify({ payload: { data: Buffer.from(canary).toString('base64') } })],
  ['a name and no payload', JSON.stringify({ name: `${NAME}/versions/1` })],
  ['wrong types', JSON.stringify({ name: 5, payload: [canary] })],
])('a 200 with %s is no key', async (_what, text) => {
  world.gcp.fail({ text });
  const error = await failureOf(world.source({ transport: 'rest' }), secrets());
  expect(error.code).toBe('unavailable');
});
