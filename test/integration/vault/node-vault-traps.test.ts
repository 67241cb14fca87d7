// What node-vault 0.12 does by itself, measured on it in the same test, and what a user of this package sees instead.
import { createRequire } from 'node:module';
import { createKeyProvider } from '@magic-hour-keys/core';
import { createManualClock, findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import createNodeVault from 'node-vault';
import { onTestFinished, expect, test, vi } from 'vitest';
import { makeCertificate } from '../../unit/core/node/certificate.ts';
import { findClosedPort, startServer } from '../../unit/core/node/servers-for-test.ts';
import { expectEventually, read, readFailure } from '../store-reads.ts';
import { PATH, POLICY, startVault, startWorld } from './vault-world.ts';

const SECRET_PATH = 'secret/data/magic-hour';
const APPROLE = { method: 'approle', roleId: 'r' } as const;

test('a Vault that accepts and never answers holds a read no longer than its deadline, at every step', async () => {
  const { source, env, vault } = await startWorld();
  vault.enableAppRole({ roleId: 'r', secretIds: [], policies: [POLICY] });
  for (const step of ['/login', '/mounts/', '/data/']) {
    const one = source({ env, auth: APPROLE });
    vault.clearRequests();
    vault.fail('hang', { times: Infinity, which: ({ path }) => path.includes(step) });
    const deadline = new AbortController();
    const reason = new Error('the deadline');
    const reading = one.read({ signal: deadline.signal, reason: 'initial' }).catch((error: unknown) => error);
    await expectEventually(() => vault.calls.at(-1)).toContain(step);
    deadline.abort(reason);
    expect(await reading).toBe(reason);
    await one.close?.();
    // Also on the wire the request is over.
    await expectEventually(() => vault.openConnections).toBe(0);
    vault.heal();
  }
});

test('through a provider, a Vault that never answers is `timeout`, by the clock of the provider', async () => {
  const { source, vault } = await startWorld();
  const clock = createManualClock();
  vault.fail('hang', { times: Infinity });
  const provider = createKeyProvider(source({ runtime: clock.runtime }), { runtime: clock.runtime });
  onTestFinished(() => provider.close());
  const waiting = provider.getKey().catch((error: unknown) => error);
  await expectEventually(() => vault.requests.length).toBe(1);
  await clock.advance(10_000);
  expect(await waiting).toMatchObject({ code: 'timeout' });
  await expectEventually(() => vault.openConnections).toBe(0);
});

test('node-vault drops an abort signal; here the request ends with it', async () => {
  const { source, vault, token } = await startWorld();
  vault.hold();
  const raw = createNodeVault({ endpoint: vault.origin, token });
  const ignored = raw.read(SECRET_PATH, {
    signal: AbortSignal.abort(new Error('too late')),
  }) as Promise<unknown>;
  await vault.whenHeld(1);
  vault.release();
  expect(await ignored).toHaveProperty('data');
  vault.clearRequests();
  const late = source().read({ signal: AbortSignal.abort(new Error('too late')), reason: 'initial' });
  await expect(late).rejects.toThrow('too late');
  expect(vault.requests).toEqual([]);
});

test('the error of a connection that failed shows no token', async () => {
  const { source, token } = await startWorld();
  const address = `http://127.0.0.1:${await findClosedPort()}`;
  const rawError: unknown = await createNodeVault({ endpoint: address, token })
    .read(SECRET_PATH)
    .catch((error: unknown) => error);
  expect(findLeaks(rawError, [token])).not.toEqual([]);
  const one = source({ address });
  const error: unknown = await read(one).catch((thrown: unknown) => thrown);
  expect(findLeaks([error, one.classify?.(error)], [token])).toEqual([]);
});

test('a printed client shows its token; a printed source or provider does not', async () => {
  const { source, vault, token, key } = await startWorld();
  expect(findLeaks(createNodeVault({ endpoint: vault.origin, token }), [token])).not.toEqual([]);
  const one = source();
  const provider = createKeyProvider(one);
  onTestFinished(() => provider.close());
  await provider.getKey();
  expect(findLeaks([one, provider, await provider.getKey(), provider.health()], [token, key])).toEqual([]);
});

test.each<[string, (key: string) => string]>([
  ['the key alone', (key) => key],
  ['a page that quotes it', (key) => `<html><code>${key}</code></html>`],
  ['JSON that is cut off', (key) => `{"data":{"data":{"api_key":"${key}"`],
])('a success with %s in place of JSON is a failure, and is not quoted', async (_, textOf) => {
  const { source, vault, token, key } = await startWorld();
  const text = textOf(key);
  vault.fail({ status: 200, text });
  // node-vault takes any text for the secret.
  expect(await createNodeVault({ endpoint: vault.origin, token }).read(SECRET_PATH)).toBe(text);
  vault.fail({ status: 200, text });
  const one = source();
  const error: unknown = await read(one).catch((thrown: unknown) => thrown);
  expect(one.classify?.(error)).toMatchObject({ code: 'unavailable' });
  expect(findLeaks([error, one.classify?.(error)], [key, key.slice(0, 12)])).toEqual([]);
});

test('a redirect to another host takes no token there', async () => {
  const { source, vault, token } = await startWorld();
  const foreign = await startVault();
  vault.standBy(foreign.origin);
  await createNodeVault({ endpoint: vault.origin, token })
    .read(SECRET_PATH)
    .catch(() => undefined);
  expect(foreign.requests.map(({ headers }) => headers['x-vault-token'])).toEqual([token]);
  foreign.clearRequests();
  expect(await readFailure(source())).toMatchObject({ code: 'origin_not_allowed' });
  expect(foreign.requests).toEqual([]);
});

test('a token of 768 hours is not renewed a hundred times a second', async () => {
  const lease = { policies: [POLICY], ttlSeconds: 768 * 3600 };
  const other = await startVault();
  // Its timer overflows 32 bits and fires at once, again and again. Node warns of it.
  vi.spyOn(process, 'emitWarning').mockReturnValue();
  const raw = createNodeVault({ endpoint: other.origin, token: other.createToken(lease) });
  await raw.startTokenRenewal({ ttl: lease.ttlSeconds });
  await expectEventually(
    () => other.calls.filter((call) => call.endsWith('/renew-self')).length,
  ).toBeGreaterThan(5);
  // `stopTokenRenewal` does not stop it while a renewal runs; a server that is gone does.
  await other.close();

  const { source, vault, env } = await startWorld();
  vault.enableAppRole({ roleId: 'r', secretIds: [], ...lease });
  const clock = createManualClock();
  const one = source({ env, auth: APPROLE, runtime: clock.runtime });
  await read(one);
  for (let hours = 0; hours < 24; hours++) {
    await clock.advance(3_600_000);
    await read(one, 'aged');
    expect(clock.timers()).toEqual([]);
  }
  expect(vault.calls.filter((call) => call.endsWith('/renew-self'))).toEqual([]);
});

test('a Kubernetes login without a mount is one at auth/kubernetes, and mounts are not escaped for HTML', async () => {
  const { source, env, vault, key } = await startWorld();
  vault.enableKubernetes({ role: 'w', jwts: ['jwt-1'], policies: [POLICY] });
  vault.enableKubernetes({ role: 'w', jwts: ['jwt-1'], policies: [POLICY] }, { mount: 'my=role' });
  const raw = createNodeVault({ endpoint: vault.origin }) as unknown as Record<
    'kubernetesLogin',
    (args: object) => Promise<unknown>
  >;
  await raw.kubernetesLogin({ role: 'w', jwt: 'jwt-1' }).catch(() => undefined);
  await raw.kubernetesLogin({ role: 'w', jwt: 'jwt-1', mount_point: 'my=role' }).catch(() => undefined);
  expect(vault.calls).toEqual(['POST /v1/auth//login', 'POST /v1/auth/my&']);
  vault.clearRequests();
  for (const mount of [undefined, 'my=role']) {
    const auth = { method: 'kubernetes', role: 'w', mount, jwt: { env: 'JWT' } } as const;
    expect((await read(source({ env: { ...env, JWT: 'jwt-1' }, auth }))).value).toBe(key);
  }
  expect(vault.calls.filter((call) => call.endsWith('/login'))).toEqual([
    'POST /v1/auth/kubernetes/login',
    'POST /v1/auth/my%3Drole/login',
  ]);
});

test('a path that climbs reaches nothing else', async () => {
  const { source, vault, token } = await startWorld();
  await createNodeVault({ endpoint: vault.origin, token })
    .read('secret/data/a/../../../sys/seal')
    .catch(() => undefined);
  expect(vault.calls).toEqual(['GET /v1/sys/seal']);
  vault.clearRequests();
  for (const path of ['secret/a/../../sys/seal', 'secret/./x', '../x', 'secret/..', 'secret//x']) {
    expect(() => source({ path })).toThrow('the option path must be a mount and a name');
  }
  expect(vault.requests).toEqual([]);
});

test('VAULT_SKIP_VERIFY=false does not switch the verification off', async () => {
  const { source, env } = await startWorld();
  const server = await startServer((_, response) => response.end('{}'), makeCertificate());
  vi.stubEnv('VAULT_SKIP_VERIFY', 'false');
  await createNodeVault({ endpoint: server.origin, token: 'hvs.raw' }).read(SECRET_PATH);
  expect(server.seen).toHaveLength(1);
  const one = source({ env: { ...env, VAULT_SKIP_VERIFY: 'false' }, address: server.origin });
  expect(await readFailure(one)).toMatchObject({ upstream: { name: 'DEPTH_ZERO_SELF_SIGNED_CERT' } });
  expect(server.seen).toHaveLength(1);
});

test('the variables that node-vault takes by itself do not go with a login', async () => {
  const { source, vault, token } = await startWorld();
  vault.enableAppRole({ roleId: 'r', secretIds: [], policies: [POLICY] });
  vi.stubEnv('VAULT_TOKEN', token);
  vi.stubEnv('VAULT_PREFIX', '/prefix');
  vi.stubEnv('VAULT_NAMESPACE', 'of-somebody-else');
  const raw = createNodeVault({ endpoint: vault.origin });
  await raw.write('auth/approle/login', { role_id: 'r' }).catch(() => undefined);
  expect(vault.requests[0]).toMatchObject({
    path: '/v1/prefix/auth/approle/login',
    headers: { 'x-vault-token': token, 'x-vault-namespace': 'of-somebody-else' },
  });
  vault.clearRequests();
  await read(source({ env: { VAULT_ADDR: vault.origin }, auth: APPROLE }));
  const [login] = vault.requests;
  expect(login?.path).toBe('/v1/auth/approle/login');
  expect(login?.headers).not.toHaveProperty('x-vault-token');
  expect(login?.headers).not.toHaveProperty('x-vault-namespace');
});

test('DEBUG=* does not print a secret id or a token', async () => {
  const { source, env, vault, key } = await startWorld();
  vault.enableAppRole({ roleId: 'r', secretIds: ['canary-secret-id'], policies: [POLICY] });
  const printed: unknown[] = [];
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((text) => printed.push(text) > 0);
  }
  const debug = createRequire(createRequire(import.meta.url).resolve('node-vault'))('debug') as {
    enable(names: string): void;
    disable(): void;
  };
  debug.enable('*');
  onTestFinished(() => debug.disable());
  await createNodeVault({ endpoint: vault.origin }).write('auth/approle/login', {
    role_id: 'r',
    secret_id: 'canary-secret-id',
  });
  expect(findLeaks(printed, ['canary-secret-id'])).not.toEqual([]);
  printed.length = 0;
  const auth = { ...APPROLE, secretId: { env: 'SID' } };
  expect((await read(source({ env: { ...env, SID: 'canary-secret-id' }, auth }))).value).toBe(key);
  expect(printed).toEqual([]);
});

test('a key with a character that no header may hold is refused by its kind, not by its text', async () => {
  const { source, vault } = await startWorld();
  const key = `${makeTestKey()}é`;
  vault.writeSecret(PATH, { api_key: key });
  const provider = createKeyProvider(source());
  onTestFinished(() => provider.close());
  const error: unknown = await provider.getKey().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'invalid_key' });
  expect(findLeaks(error, [key])).toEqual([]);
});
