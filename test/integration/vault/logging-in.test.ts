import { createKeyProvider } from '@magic-hour-keys/core';
import { makeTestKey } from '@magic-hour-keys/testing';
import type { VaultAuth } from '@magic-hour-keys/vault';
import { onTestFinished, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../../unit/core/node/temporary-folder.ts';
import { expectEventually, read, readFailure } from '../store-reads.ts';
import { PATH, POLICY, startWorld } from './vault-world.ts';

const folder = temporaryFolder();

test('the token in VAULT_TOKEN is read anew for each read', async () => {
  const { source, env, vault, token } = await startWorld();
  const one = source();
  await read(one);
  const next = vault.createToken({ policies: [POLICY] });
  env['VAULT_TOKEN'] = next;
  await read(one, 'aged');
  const reads = vault.requests.filter(({ path }) => path === '/v1/secret/data/magic-hour');
  expect(reads.map(({ headers }) => headers['x-vault-token'])).toEqual([token, next]);
});

test('without VAULT_TOKEN the file that `vault login` wrote is used', async () => {
  const { source, vault, token, key } = await startWorld();
  await folder.write('.vault-token', `${token}\n`);
  vi.stubEnv('HOME', folder.path(''));
  const env = { VAULT_ADDR: vault.origin };
  expect((await read(source({ env }))).value).toBe(key);
  expect((await read(source({ env, auth: { method: 'token-file' } }))).value).toBe(key);
});

test('without any token the error says what can be done', async () => {
  const { source, vault } = await startWorld();
  vi.stubEnv('HOME', folder.path('nobody'));
  const failure = await readFailure(source({ env: { VAULT_ADDR: vault.origin } }));
  expect(failure).toMatchObject({ code: 'unauthenticated' });
  expect(failure.hint).toBe('Set VAULT_TOKEN, run `vault login`, or choose another `auth.method`.');
  expect(vault.requests).toEqual([]);
});

test.each<[string, VaultAuth]>([
  ['a variable', { method: 'token', token: { env: 'OTHER' } }],
  ['a file', { method: 'token', token: { file: 'sink' } }],
  ['a file that somebody else keeps', { method: 'token-file', file: 'sink' }],
])('a token in %s of another name', async (_, auth) => {
  const { source, vault, token, key } = await startWorld();
  await folder.write('sink', `${token}\n`);
  const env = { VAULT_ADDR: vault.origin, OTHER: token };
  expect((await read(source({ env, auth, cwd: folder.path('') }))).value).toBe(key);
});

test.each<[VaultAuth, string]>([
  [{ method: 'token', token: { env: 'OTHER' } }, 'Set OTHER, which `auth.token` names.'],
  [{ method: 'token-file', file: 'sink' }, 'sink'],
  [{ method: 'approle', roleId: 'r', secretId: { file: 'secret-id' } }, 'secret-id'],
  [{ method: 'kubernetes', role: 'r' }, '/var/run/secrets/kubernetes.io/serviceaccount/token'],
  [{ method: 'jwt', jwt: { env: 'CI_JWT' } }, 'Set CI_JWT, which `auth.jwt` names.'],
])('what is missing for %j is a login that failed, not a secret that is not there', async (auth, hint) => {
  const { source, vault } = await startWorld();
  const failure = await readFailure(
    source({ env: { VAULT_ADDR: vault.origin }, auth, cwd: folder.path('') }),
  );
  expect(failure).toMatchObject({ code: 'unauthenticated' });
  expect(failure.hint).toContain(hint);
});

test('AppRole logs in with role id and secret id, once', async () => {
  const { source, vault, key } = await startWorld();
  vault.enableAppRole({ roleId: 'role-1', secretIds: ['secret-1'], policies: [POLICY], ttlSeconds: 3600 });
  const env = { VAULT_ADDR: vault.origin, ROLE: 'role-1', VAULT_TOKEN: 'of-somebody-else' };
  await folder.write('secret-id', 'secret-1\n');
  const one = source({
    env,
    cwd: folder.path(''),
    auth: { method: 'approle', roleId: { env: 'ROLE' }, secretId: { file: 'secret-id' } },
  });
  expect((await read(one)).value).toBe(key);
  expect((await read(one, 'aged')).value).toBe(key);
  expect(vault.calls.filter((call) => call.startsWith('POST'))).toEqual(['POST /v1/auth/approle/login']);
  const [login] = vault.requests;
  expect(JSON.parse(login?.body ?? '')).toEqual({ role_id: 'role-1', secret_id: 'secret-1' });
  expect(login?.headers['x-vault-token']).toBeUndefined();
});

test('AppRole without a secret id, at another mount', async () => {
  const { source, env, vault, key } = await startWorld();
  vault.enableAppRole({ roleId: 'r', secretIds: [], policies: [POLICY] }, { mount: 'ci/my=role' });
  const auth = { method: 'approle', mount: 'ci/my=role', roleId: 'r' } as const;
  expect((await read(source({ env, auth }))).value).toBe(key);
  expect(vault.calls[0]).toBe('POST /v1/auth/ci/my%3Drole/login');
});

test('Kubernetes logs in with the token of the service account, as it is at that time', async () => {
  const { source, env, vault, key } = await startWorld();
  const jwts = ['jwt-1'];
  vault.enableKubernetes({ role: 'video-worker', jwts, policies: [POLICY] });
  await folder.write('sa', 'jwt-1\n');
  const one = source({
    env,
    cwd: folder.path(''),
    auth: { method: 'kubernetes', role: 'video-worker', jwt: { file: 'sa' } },
  });
  expect((await read(one)).value).toBe(key);
  // The kubelet writes a new one each hour.
  jwts.splice(0, 1, 'jwt-2');
  await folder.write('sa', 'jwt-2\n');
  vault.revokeAllTokens();
  expect((await read(one, 'aged')).value).toBe(key);
});

test('a JWT logs in, with and without a role', async () => {
  const { source, vault, key } = await startWorld();
  vault.enableJwt({ role: 'ci', jwts: ['jwt-1'], isDefault: true, policies: [POLICY] });
  const env = { VAULT_ADDR: vault.origin, JWT: 'jwt-1' };
  expect((await read(source({ env, auth: { method: 'jwt', role: 'ci', jwt: { env: 'JWT' } } }))).value).toBe(
    key,
  );
  expect((await read(source({ env, auth: { method: 'jwt', jwt: { env: 'JWT' } } }))).value).toBe(key);
});

test.each<[string, VaultAuth, string]>([
  [
    'a wrong secret id',
    { method: 'approle', roleId: 'r', secretId: { env: 'WRONG' } },
    'vault write -f auth/approle/role/NAME/secret-id',
  ],
  ['a wrong role id', { method: 'approle', roleId: 'x', secretId: { env: 'RIGHT' } }, 'role id'],
  [
    'a pod that is not bound',
    { method: 'kubernetes', role: 'w', jwt: { env: 'WRONG' } },
    'vault read auth/kubernetes/role/w',
  ],
  [
    'a role that is not there',
    { method: 'kubernetes', role: 'x', jwt: { env: 'RIGHT' } },
    'vault read auth/kubernetes/role/x',
  ],
  [
    'a JWT of somebody else',
    { method: 'jwt', role: 'ci', jwt: { env: 'WRONG' } },
    'vault read auth/jwt/role/ci',
  ],
  ['no default role', { method: 'jwt', jwt: { env: 'RIGHT' } }, 'auth/jwt/role/NAME'],
])('a login with %s is refused as `unauthenticated`, with a hint', async (_, auth, hint) => {
  const { source, vault } = await startWorld();
  vault.enableAppRole({ roleId: 'r', secretIds: ['right'], policies: [POLICY] });
  vault.enableKubernetes({ role: 'w', jwts: ['right'], policies: [POLICY] });
  vault.enableJwt({ role: 'ci', jwts: ['right'], policies: [POLICY] });
  const env = { VAULT_ADDR: vault.origin, RIGHT: 'right', WRONG: 'wrong' };
  const failure = await readFailure(source({ env, auth }));
  expect(failure).toMatchObject({ code: 'unauthenticated' });
  expect(failure.hint).toContain(hint);
  expect(vault.requests).toHaveLength(1);
});

test('a login method that is not enabled is refused like a wrong login, and the hint names both', async () => {
  const { source, env } = await startWorld();
  const failure = await readFailure(source({ env, auth: { method: 'approle', mount: 'ci', roleId: 'r' } }));
  expect(failure).toMatchObject({ code: 'unauthenticated', upstream: { status: 403 } });
  expect(failure.hint).toContain('auth/ci/role/NAME/secret-id');
  expect(failure.hint).toContain('no login is enabled at auth/ci.');
});

test('a server that says there is no such login method tells of a mistake in the configuration', async () => {
  const { source, env, vault } = await startWorld();
  vault.fail({ status: 404, json: { errors: ['no handler for route "auth/ci/login"'] } });
  const failure = await readFailure(source({ env, auth: { method: 'approle', mount: 'ci', roleId: 'r' } }));
  expect(failure).toMatchObject({ code: 'invalid_config', upstream: { status: 404 } });
  expect(failure.hint).toContain('No login is enabled at auth/ci.');
  // It is not taken for a Vault that does not know which engine it has, which would make another login.
  expect(vault.calls).toEqual(['POST /v1/auth/ci/login']);
});

test('an agent in front puts the token on the requests', async () => {
  const { source, vault, token, key } = await startWorld();
  vault.actAsAgent({ token, requiresRequestHeader: true });
  const env = { VAULT_ADDR: vault.origin, VAULT_TOKEN: 'not-for-this' };
  expect((await read(source({ env, auth: { method: 'none' } }))).value).toBe(key);
  for (const { headers } of vault.requests) {
    expect(headers).toMatchObject({ 'x-vault-request': 'true' });
    expect(headers['x-vault-token']).toBeUndefined();
  }
});

test('without an agent in front, nobody is logged in', async () => {
  const { source, env } = await startWorld();
  const failure = await readFailure(source({ env, auth: { method: 'none' } }));
  expect(failure).toMatchObject({ code: 'unauthenticated' });
  expect(failure.hint).toContain('use_auto_auth_token');
});

test('many reads at once make one login', async () => {
  const { source, env, vault, key } = await startWorld();
  vault.enableAppRole({ roleId: 'r', secretIds: [], policies: [POLICY] });
  const one = source({ env, auth: { method: 'approle', roleId: 'r' } });
  const readings = await Promise.all(Array.from({ length: 50 }, () => read(one)));
  expect(new Set(readings.map(({ value }) => value))).toEqual(new Set([key]));
  expect(vault.calls.filter((call) => call.includes('/login'))).toHaveLength(1);
});

test('ten thousand callers make one login and one read', async () => {
  const { source, env, vault, key } = await startWorld();
  vault.enableAppRole({ roleId: 'r', secretIds: [], policies: [POLICY] });
  const provider = createKeyProvider(source({ env, auth: { method: 'approle', roleId: 'r' } }));
  onTestFinished(() => provider.close());
  const keys = await Promise.all(Array.from({ length: 10_000 }, () => provider.getKey()));
  expect(new Set(keys.map((found) => found.reveal()))).toEqual(new Set([key]));
  expect(vault.calls).toEqual([
    'POST /v1/auth/approle/login',
    'GET /v1/sys/internal/ui/mounts/secret/magic-hour',
    'GET /v1/secret/data/magic-hour',
  ]);
});

test('one read that is given up does not take the login of the others with it', async () => {
  const { source, env, vault, key } = await startWorld();
  vault.enableAppRole({ roleId: 'r', secretIds: [], policies: [POLICY] });
  vault.hold();
  const one = source({ env, auth: { method: 'approle', roleId: 'r' } });
  const deadline = new AbortController();
  const givenUp = one.read({ signal: deadline.signal, reason: 'initial' }).catch((error: unknown) => error);
  const other = read(one);
  await vault.whenHeld(1);
  deadline.abort();
  expect(await givenUp).toBe(deadline.signal.reason);
  vault.release();
  expect((await other).value).toBe(key);
  expect(vault.calls.filter((call) => call.includes('/login'))).toHaveLength(1);
});

test('a token that was made here is revoked at the end, and one that was given is not', async () => {
  const { source, env, vault } = await startWorld();
  vault.enableAppRole({ roleId: 'r', secretIds: [], policies: [POLICY], ttlSeconds: 3600 });
  for (const auth of [{ method: 'approle', roleId: 'r' }, { method: 'token' }] as const) {
    const one = source({ env, auth });
    await read(one);
    await one.close?.();
    await one.close?.();
  }
  expect(vault.calls.filter((call) => call.endsWith('/revoke-self'))).toHaveLength(1);
  await expectEventually(() => vault.openConnections).toBe(0);
});

test('a source that is closed while nobody answers, closes all the same', async () => {
  const { source, env, vault } = await startWorld();
  vault.enableAppRole({ roleId: 'r', secretIds: [], policies: [POLICY], ttlSeconds: 3600 });
  const one = source({ env, auth: { method: 'approle', roleId: 'r' } });
  vault.fail('hang', { times: Infinity });
  const waiting = read(one).catch(() => 'failed');
  await expectEventually(() => vault.requests.length).toBe(1);
  await one.close?.();
  expect(await waiting).toBe('failed');
  await expectEventually(() => vault.openConnections).toBe(0);
  expect(await readFailure(one)).toMatchObject({ code: 'closed' });
});

test('a key that was rotated is read with the login that there is', async () => {
  const { source, env, vault } = await startWorld();
  vault.enableAppRole({ roleId: 'r', secretIds: [], policies: [POLICY] });
  const provider = createKeyProvider(source({ env, auth: { method: 'approle', roleId: 'r' } }));
  onTestFinished(() => provider.close());
  const old = await provider.getKey();
  const rotated = makeTestKey();
  vault.writeSecret(PATH, { api_key: rotated });
  expect((await provider.renew(old))?.reveal()).toBe(rotated);
  expect(vault.calls.slice(3)).toEqual(['GET /v1/secret/data/magic-hour']);
});
