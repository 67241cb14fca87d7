import { createKeyProvider, type KeyError } from '@magic-hour-keys/core';
import type { VaultFault } from '@magic-hour-keys/testing/fakes/vault';
import { onTestFinished, expect, test } from 'vitest';
import { findClosedPort } from '../../unit/core/node/servers-for-test.ts';
import { read, readFailure } from '../store-reads.ts';
import { PATH, POLICY, startWorld } from './vault-world.ts';

const isData = ({ path }: { path: string }): boolean => path.includes('/data/');

test('a secret that is not there', async () => {
  const { source, vault } = await startWorld();
  vault.removeSecret(PATH);
  const failure = await readFailure(source({ field: 'apiKey' }));
  expect(failure).toMatchObject({ code: 'not_found', upstream: { status: 404 } });
  expect(failure.hint).toBe('Write it with: vault kv put secret/magic-hour apiKey=-, or correct `path`.');
});

test('a version that is deleted or destroyed is out of force, and tells which', async () => {
  const { source, vault } = await startWorld();
  vault.deleteVersion(PATH);
  const deleted = await readFailure(source());
  expect(deleted).toMatchObject({ code: 'disabled' });
  expect(deleted.hint).toContain('vault kv undelete -versions=1 secret/magic-hour');
  vault.destroyVersion(PATH);
  const destroyed = await readFailure(source());
  expect(destroyed).toMatchObject({ code: 'disabled' });
  expect(destroyed.hint).toContain('Version 1 is destroyed. Write a new one');
});

test('a policy that is missing is named, as it must be written', async () => {
  const { source, vault } = await startWorld();
  const one = source();
  vault.writePolicy(POLICY, [{ path: 'secret/data/other', capabilities: ['read'] }]);
  const failure = await readFailure(one);
  expect(failure).toMatchObject({ code: 'access_denied', upstream: { status: 403 } });
  expect(failure.hint).toContain('path "secret/data/magic-hour" { capabilities = ["read"] }');
  expect(vault.calls.at(-1)).toBe('GET /v1/auth/token/lookup-self');
});

test('a token without any right on the mount is told the same, and that the mount may not be there', async () => {
  const { source, vault, env } = await startWorld();
  env['VAULT_TOKEN'] = vault.createToken();
  const failure = await readFailure(source());
  expect(failure).toMatchObject({ code: 'access_denied' });
  expect(failure.hint).toContain('path "secret/data/magic-hour" { capabilities = ["read"] }');
  expect(failure.hint).toContain('nothing is mounted at secret');
});

test.each([true, false])('a token that Vault does not know is no login (it says so: %s)', async (says) => {
  const { source, vault, token } = await startWorld();
  const one = source();
  await read(one);
  vault.nameInvalidTokens(says);
  vault.revokeToken(token);
  vault.clearRequests();
  const failure = await readFailure(one, 'aged');
  expect(failure).toMatchObject({ code: 'unauthenticated' });
  expect(failure.hint).toContain('Set a new one in VAULT_TOKEN; see it with: vault token lookup');
  expect(vault.calls).toHaveLength(says ? 1 : 2);
});

test('whether a token is known is not decided by a server that fails', async () => {
  const { source, vault } = await startWorld();
  vault.writePolicy(POLICY, []);
  vault.fail({ status: 500, json: { errors: [] } }, { which: ({ path }) => path.endsWith('/lookup-self') });
  expect(await readFailure(source())).toMatchObject({ code: 'access_denied' });
});

test.each<[string, VaultFault, Partial<KeyError>]>([
  [
    'a rate limit',
    {
      status: 429,
      headers: { 'retry-after': '7' },
      json: { errors: ['request path "x": rate limit quota exceeded'] },
    },
    { code: 'throttled', retryAfterMs: 7000 },
  ],
  ['a rate limit that names no time', { status: 429, json: { errors: [] } }, { code: 'throttled' }],
  [
    'a replica that lags',
    { status: 412, json: { errors: ['required index state not present'] } },
    { code: 'unavailable' },
  ],
  ['a standby of disaster recovery', { status: 472, json: {} }, { code: 'unavailable' }],
  ['a standby of performance', { status: 473, json: {} }, { code: 'unavailable' }],
  ['an error of its storage', { status: 500, json: { errors: ['internal error'] } }, { code: 'unavailable' }],
  ['a Vault that was never initialized', { status: 501, json: {} }, { code: 'unavailable' }],
  [
    'a balancer without a backend',
    { status: 502, text: '<html>Bad Gateway</html>' },
    { code: 'unavailable' },
  ],
  [
    'maintenance',
    { status: 503, headers: { 'retry-after': '30' }, text: 'come back later' },
    { code: 'unavailable', retryAfterMs: 30_000 },
  ],
  ['a page in place of Vault', { status: 200, text: '<html>Sign in</html>' }, { code: 'unavailable' }],
  ['an empty success', { status: 200, text: '' }, { code: 'unavailable' }],
  ['a success without content', { status: 204 }, { code: 'unavailable' }],
  ['JSON that is no object', { status: 200, json: ['x'] }, { code: 'unavailable' }],
  ['an envelope without a secret', { status: 200, json: { data: {} } }, { code: 'unavailable' }],
  [
    'a secret without a version',
    { status: 200, json: { data: { data: { a: 'x' }, metadata: {} } } },
    { code: 'unavailable' },
  ],
  ['a status of its own', { status: 418, json: {} }, { code: 'unknown' }],
  ['a proxy that wants a login', { status: 401, json: {} }, { code: 'unauthenticated' }],
  ['a connection that is cut', 'disconnect', { code: 'unavailable' }],
])('%s is told as what it is', async (_, fault, expected) => {
  const { source, vault } = await startWorld();
  // For ever, because a connection that was cut while it was idle is not the store's failure, and costs one more try.
  vault.fail(fault, { which: isData, times: Infinity });
  const failure = await readFailure(source());
  expect(failure).toMatchObject(expected);
  // Of what nobody foresaw, nobody knows what to do.
  expect(failure.hint ?? '').toMatch(expected.code === 'unknown' ? /^$/ : /\S/);
});

test('a sealed Vault says how it is opened', async () => {
  const { source, vault } = await startWorld();
  vault.seal();
  const failure = await readFailure(source());
  expect(failure).toMatchObject({ code: 'unavailable', upstream: { status: 503 } });
  expect(failure.hint).toContain('vault operator unseal');
});

test('an answer to the question which engine it is, that makes no sense', async () => {
  const { source, vault } = await startWorld();
  for (const json of [{}, { data: { path: 'elsewhere/', type: 'kv' } }, { data: { path: 7 } }]) {
    vault.fail({ status: 200, json });
    expect(await readFailure(source())).toMatchObject({ code: 'unavailable' });
  }
  expect(vault.secretReads).toBe(0);
});

test('a login that gives no token', async () => {
  const { source, vault, env } = await startWorld();
  vault.enableAppRole({ roleId: 'r', secretIds: [], policies: [POLICY] });
  for (const auth of [null, {}, { client_token: '', lease_duration: 1 }, { client_token: 't' }]) {
    vault.fail({ status: 200, json: { auth } });
    const failure = await readFailure(source({ env, auth: { method: 'approle', roleId: 'r' } }));
    expect(failure).toMatchObject({ code: 'unavailable' });
  }
});

test('nobody listens there', async () => {
  const { source, token } = await startWorld();
  const env = { VAULT_ADDR: `http://127.0.0.1:${await findClosedPort()}`, VAULT_TOKEN: token };
  expect(await readFailure(source({ env }))).toMatchObject({
    code: 'unavailable',
    upstream: { name: 'ECONNREFUSED' },
  });
});

test('a token with a line break in it is a mistake in the configuration', async () => {
  const { source, vault } = await startWorld();
  const env = { VAULT_ADDR: vault.origin, VAULT_TOKEN: 'hvs.abc\ndef' };
  expect(await readFailure(source({ env }))).toMatchObject({ code: 'invalid_config' });
  expect(vault.requests).toEqual([]);
});

test('a replica that lags is asked again while somebody waits', async () => {
  const { source, vault, key } = await startWorld();
  vault.fail({ status: 412, json: { errors: ['required index state not present'] } }, { which: isData });
  const provider = createKeyProvider(source());
  onTestFinished(() => provider.close());
  expect((await provider.getKey()).reveal()).toBe(key);
  expect(vault.secretReads).toBe(2);
});

test('what a client of the application throws is told by its status or its code alone', async () => {
  const { source } = await startWorld();
  const outcomes: [unknown, string][] = [
    [
      { response: { statusCode: 403, body: { errors: ['1 error occurred:\n\t* permission denied'] } } },
      'unauthenticated',
    ],
    [{ response: { statusCode: 404, body: { errors: [] } } }, 'not_found'],
    [{ response: { statusCode: 503, body: { errors: ['Vault is sealed'] } } }, 'unavailable'],
    [{ code: 'ECONNREFUSED' }, 'unavailable'],
    [{ code: 'ECONNABORTED' }, 'timeout'],
  ];
  for (const [fields, code] of outcomes) {
    const client = { read: () => Promise.reject(Object.assign(new Error('text of theirs'), fields)) };
    const failure = await readFailure(source({ client, env: {}, kvVersion: 2 }));
    expect(failure).toMatchObject({ code });
    expect(JSON.stringify(failure)).not.toContain('theirs');
  }
  const page = { read: async () => '<html>' };
  expect(await readFailure(source({ client: page, env: {}, kvVersion: 2 }))).toMatchObject({
    code: 'unavailable',
  });
});
