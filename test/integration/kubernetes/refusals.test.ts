import { expect, test } from 'vitest';
import { readFailure } from '../store-reads.ts';
import { ACCOUNT, NAME, NAMESPACE, READ_ONE, startWorld } from './kubernetes-world.ts';

test('a Secret that is not there is not_found, with the command that makes it', async () => {
  const { source, cluster } = await startWorld();
  cluster.removeSecret(NAMESPACE, NAME);
  const failure = await readFailure(source({ namespace: NAMESPACE, key: 'api_key' }));
  expect(failure).toMatchObject({ code: 'not_found', upstream: { name: 'NotFound', status: 404 } });
  expect(failure.hint).toContain(
    `kubectl -n ${NAMESPACE} create secret generic ${NAME} --from-file=api_key=`,
  );
});

test('a missing permission is named by its verb, with the rule to paste and whom to bind it to', async () => {
  const { source, cluster } = await startWorld();
  cluster.allow(NAMESPACE, ACCOUNT, [{ ...READ_ONE, resourceNames: ['another'] }]);
  const failure = await readFailure(source({ namespace: NAMESPACE }));
  expect(failure).toMatchObject({
    code: 'access_denied',
    upstream: { name: 'Forbidden', status: 403, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
  });
  expect(failure.hint).toContain('The verb get on this secret is missing');
  expect(failure.hint).toContain(
    '{ apiGroups: [""], resources: ["secrets"], resourceNames: ["magic-hour"], verbs: ["get", "watch"] }',
  );
  expect(failure.hint).toContain(`--serviceaccount=${NAMESPACE}:${ACCOUNT}`);
  expect(failure.hint).toContain('kubectl -n video create role magic-hour-magic-hour --verb=get,watch');
});

test('whom to bind it to is left to the reader where the server says something else than an account', async () => {
  const { source, cluster } = await startWorld();
  const message = 'User "system:serviceaccount:A B:\u001B[2Jx" cannot get resource "secrets"';
  cluster.fail({ status: 403, json: { kind: 'Status', reason: 'Forbidden', message } });
  expect((await readFailure(source())).hint).toContain('--user=NAME');
});

test('a request without a login is unauthenticated, though the server calls it forbidden', async () => {
  const { sourceByKubeconfig } = await startWorld();
  const failure = await readFailure(await sourceByKubeconfig({}));
  expect(failure).toMatchObject({ code: 'unauthenticated', upstream: { status: 403 } });
  expect(failure.hint).toContain('neither token nor certificate');
});

test('a token that was revoked is unauthenticated, and a pod is told about its token', async () => {
  const { source, cluster, token } = await startWorld();
  cluster.revokeToken(token);
  const failure = await readFailure(source());
  expect(failure).toMatchObject({ code: 'unauthenticated', upstream: { name: 'Unauthorized', status: 401 } });
  expect(failure.hint).toContain('token of the pod');
  // The same token a second time would be refused as well.
  expect(cluster.requests).toHaveLength(1);
});

test.each<[string, object, object]>([
  ['429', { status: 429, headers: { 'retry-after': '7' } }, { code: 'throttled', retryAfterMs: 7000 }],
  [
    '429 with a reason',
    status(429, 'TooManyRequests', { 'retry-after': '1' }),
    { code: 'throttled', retryAfterMs: 1000 },
  ],
  ['500 of the encryption provider', status(500, 'InternalError'), { code: 'unavailable' }],
  ['503 of a balancer in HTML', { status: 503, text: '<html>' }, { code: 'unavailable' }],
  ['504', status(504, 'Timeout'), { code: 'unavailable' }],
  [
    '404 of something else',
    { status: 404, text: 'nginx' },
    { code: 'unavailable', upstream: { name: 'Malformed' } },
  ],
  [
    '403 of a firewall',
    { status: 403, text: '<html>' },
    { code: 'unavailable', upstream: { name: 'Malformed' } },
  ],
  ['400', status(400, 'BadRequest'), { code: 'invalid_config' }],
  ['405', status(405, 'MethodNotAllowed'), { code: 'invalid_config' }],
  ['401 without a reason', { status: 401, text: '' }, { code: 'unauthenticated' }],
  [
    '302',
    { status: 302, headers: { location: 'https://evil.test/' } },
    { code: 'unavailable', upstream: { name: 'Redirected' } },
  ],
  [
    '200 of another kind',
    { status: 200, json: { kind: 'ConfigMap', metadata: {} } },
    { code: 'unavailable' },
  ],
  ['204', { status: 204 }, { code: 'unavailable' }],
  ['200 without anything', { status: 200, text: '' }, { code: 'unavailable' }],
  ['200 cut short', { status: 200, text: '{"kind":"Secret","data":{"api_key":"' }, { code: 'unavailable' }],
  ['200 without a version', { status: 200, json: { kind: 'Secret' } }, { code: 'unavailable' }],
  ['a reason that nobody knows', status(418, 'CanaryReason'), { code: 'unknown' }],
])('%s is told by its code', async (_, answer, expected) => {
  const { source, cluster } = await startWorld();
  cluster.fail(answer as { status: number });
  const failure = await readFailure(source());
  expect(failure).toMatchObject(expected);
  expect(JSON.stringify(failure)).not.toContain('Canary');
});

test('a redirect is not followed: the token stays where it was sent to', async () => {
  const [first, second] = [await startWorld(), await startWorld()];
  first.cluster.fail({ status: 307, headers: { location: `${second.cluster.origin}/api` } });
  await readFailure(first.source());
  expect(second.cluster.requests).toEqual([]);
});

function status(code: number, reason: string, headers = {}): object {
  return {
    status: code,
    headers,
    json: { kind: 'Status', status: 'Failure', reason, message: 'Canary', code },
  };
}
