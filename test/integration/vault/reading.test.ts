import { makeTestKey } from '@magic-hour-keys/testing';
import { expect, test } from 'vitest';
import { classifyFailure, read, readFailure } from '../store-reads.ts';
import { PATH, POLICY, startWorld } from './vault-world.ts';

test('the newest version of the secret is read, with its number and its date', async () => {
  const { source, key, vault } = await startWorld();
  expect(await read(source({ field: 'api_key' }))).toEqual({
    value: key,
    version: '1',
    sequence: 1,
    createdAt: expect.any(Date),
    expiresAt: undefined,
  });
  expect(vault.calls).toEqual([
    'GET /v1/sys/internal/ui/mounts/secret/magic-hour',
    'GET /v1/secret/data/magic-hour',
  ]);
});

test('which engine it is, is asked once', async () => {
  const { source, vault } = await startWorld();
  const one = source();
  await read(one);
  const rotated = makeTestKey();
  vault.writeSecret(PATH, { api_key: rotated });
  expect(await read(one, 'aged')).toMatchObject({ value: rotated, version: '2', sequence: 2 });
  expect(vault.calls.filter((call) => call.includes('/mounts/'))).toHaveLength(1);
  expect(vault.connections).toBe(1);
});

test('with `kvVersion` nobody is asked which engine it is', async () => {
  const { source, key, vault } = await startWorld();
  expect((await read(source({ kvVersion: 2 }))).value).toBe(key);
  expect(vault.calls).toEqual(['GET /v1/secret/data/magic-hour']);
});

test('KV version 1 has a value and no version', async () => {
  const { source, vault } = await startWorld();
  const key = makeTestKey();
  vault.enableKv('old', 1);
  vault.writeSecret('old/magic-hour', { api_key: key });
  const options = { path: 'old/magic-hour', env: { VAULT_ADDR: vault.origin, VAULT_TOKEN: vault.rootToken } };
  for (const kvVersion of [undefined, 1] as const) {
    const reading = await read(source({ ...options, kvVersion }));
    expect(reading).toEqual({ value: key, createdAt: undefined, expiresAt: undefined });
  }
  expect(await source(options).readPrevious?.({ signal: AbortSignal.timeout(9999), reason: 'probe' })).toBe(
    undefined,
  );
});

test('a mount of several segments is found, and can be named', async () => {
  const { source, vault } = await startWorld();
  const key = makeTestKey();
  vault.enableKv('team/a/kv', 2);
  vault.writeSecret('team/a/kv/apps/magic-hour', { api_key: key });
  const options = {
    path: 'team/a/kv/apps/magic-hour',
    env: { VAULT_ADDR: vault.origin, VAULT_TOKEN: vault.rootToken },
  };
  expect((await read(source(options))).value).toBe(key);
  expect((await read(source({ ...options, kvVersion: 2, mount: 'team/a/kv/' }))).value).toBe(key);
  expect(vault.calls.at(-1)).toBe('GET /v1/team/a/kv/data/apps/magic-hour');
});

test('an engine that was replaced by one of the other version is noticed', async () => {
  const { source, vault } = await startWorld();
  const options = { path: 'kv/magic-hour', env: { VAULT_ADDR: vault.origin, VAULT_TOKEN: vault.rootToken } };
  vault.enableKv('kv', 1);
  vault.writeSecret('kv/magic-hour', { api_key: makeTestKey() });
  const one = source(options);
  await read(one);
  const key = makeTestKey();
  vault.enableKv('kv', 2);
  vault.writeSecret('kv/magic-hour', { api_key: key });
  expect(await readFailure(one)).toMatchObject({ code: 'invalid_config' });
  expect((await read(one)).value).toBe(key);
});

test('one version can be pinned', async () => {
  const { source, key, vault } = await startWorld();
  vault.writeSecret(PATH, { api_key: makeTestKey() });
  expect(await read(source({ version: 1 }))).toMatchObject({ value: key, version: '1', sequence: 1 });
  expect(vault.calls.at(-1)).toBe('GET /v1/secret/data/magic-hour?version=1');
  const failure = await readFailure(source({ version: 7 }));
  expect(failure).toMatchObject({ code: 'not_found' });
  expect(failure.hint).toContain('has no version 7. See: vault kv metadata get secret/magic-hour');
});

test('a version whose end Vault knows in advance tells it', async () => {
  const { source, vault } = await startWorld();
  vault.writeSecret(PATH, { api_key: makeTestKey() }, { deleteAfterSeconds: 3600 });
  const { expiresAt } = await read(source());
  expect(expiresAt?.getTime()).toBeGreaterThan(Date.now() + 3_500_000);
});

test('the namespace goes with every request, logins too', async () => {
  const { source, vault } = await startWorld();
  const key = makeTestKey();
  const namespace = 'team-a';
  vault.enableKv('secret', 2, { namespace });
  vault.writeSecret(PATH, { api_key: key }, { namespace });
  vault.writePolicy(POLICY, [{ path: 'secret/data/*', capabilities: ['read'] }], { namespace });
  vault.enableAppRole({ roleId: 'r', secretIds: ['sid'], policies: [POLICY] }, { namespace });
  const env = { VAULT_ADDR: vault.origin, SID: 'sid', VAULT_NAMESPACE: namespace };
  const auth = { method: 'approle', roleId: 'r', secretId: { env: 'SID' } } as const;
  expect((await read(source({ env, auth }))).value).toBe(key);
  expect((await read(source({ env: { ...env, VAULT_NAMESPACE: 'other' }, auth, namespace }))).value).toBe(
    key,
  );
  expect(vault.requests.map(({ headers }) => headers['x-vault-namespace'])).toEqual(
    vault.requests.map(() => namespace),
  );
});

test('a namespace that is not there is a mistake in the configuration, at the login', async () => {
  const { source, env } = await startWorld();
  const auth = { method: 'approle', roleId: 'r' } as const;
  const failure = await readFailure(source({ env, auth, namespace: 'nowhere' }));
  expect(failure).toMatchObject({ code: 'invalid_config' });
  expect(failure.hint).toContain('No login is enabled at auth/approle. Correct `auth.mount` or `namespace`');
});

test('each part of a path is sent as what it is', async () => {
  const { source, vault } = await startWorld();
  const key = makeTestKey();
  const path = 'secret/ä b/50%?x=1#y/..z';
  vault.writeSecret(path, { api_key: key });
  const env = { VAULT_ADDR: vault.origin, VAULT_TOKEN: vault.rootToken };
  expect((await read(source({ path, env }))).value).toBe(key);
  expect(vault.calls.at(-1)).toBe('GET /v1/secret/data/%C3%A4%20b/50%25%3Fx%3D1%23y/..z');
});

test.each<[string, Record<string, unknown>, string | undefined, string | undefined]>([
  ['the only member', { anything: 'VALUE' }, undefined, undefined],
  ['the named one of several', { api_key: 'VALUE', note: 'x' }, 'api_key', undefined],
  ['a member deep inside', { magic: { hour: 'VALUE' } }, 'magic.hour', undefined],
  ['a pointer', { magic: { hour: 'VALUE' } }, '/magic/hour', undefined],
  ['nobody knows which', { api_key: 'VALUE', other: 'x' }, undefined, 'invalid_config'],
  ['the only member is no text', { api_key: { a: 'VALUE' } }, undefined, 'invalid_config'],
  ['there is none', {}, undefined, 'not_found'],
  ['the named one is missing', { apikey: 'VALUE' }, 'api_key', 'not_found'],
  ['the named one is no text', { api_key: 7 }, 'api_key', 'invalid_key'],
])('of the members of a secret: %s', async (_, data, field, code) => {
  const { source, vault } = await startWorld();
  const key = makeTestKey();
  vault.writeSecret(PATH, JSON.parse(JSON.stringify(data).replace('VALUE', key)) as Record<string, unknown>);
  const one = source({ field });
  if (code === undefined) expect((await read(one)).value).toBe(key);
  else expect(await readFailure(one)).toMatchObject({ code });
});

test('names of members are not told, because somebody may have stored the key as a name', async () => {
  const { source, vault } = await startWorld();
  const key = makeTestKey();
  vault.writeSecret(PATH, { [key]: true, note: 'x' });
  const several = await readFailure(source());
  expect(several.message).toContain('the secret has 2 members');
  vault.writeSecret(PATH, { [key]: true });
  const only = await readFailure(source());
  expect(JSON.stringify([several, only])).not.toContain(key);
});

test('what was copied from the HTTP API, with data/ in it, gets a hint', async () => {
  const { source, vault } = await startWorld();
  const env = { VAULT_ADDR: vault.origin, VAULT_TOKEN: vault.rootToken };
  const failure = await readFailure(source({ env, path: 'secret/data/magic-hour' }));
  expect(failure).toMatchObject({ code: 'not_found' });
  expect(failure.hint).toContain('The `data/` of the HTTP API does not belong into it.');
});

test('a path that is only a mount gets a hint', async () => {
  const { source, vault } = await startWorld();
  vault.enableKv('team/kv', 2);
  const env = { VAULT_ADDR: vault.origin, VAULT_TOKEN: vault.rootToken };
  const failure = await readFailure(source({ env, path: 'team/kv' }));
  expect(failure).toMatchObject({ code: 'invalid_config' });
  expect(failure.message).toContain('team/kv is a mount, and names no secret in it');
});

test('an engine that is not KV is not read', async () => {
  const { source, vault } = await startWorld();
  vault.fail({ status: 200, json: { data: { path: 'pki/', type: 'pki', options: null } } });
  const failure = await readFailure(source({ path: 'pki/issue/x' }));
  expect(failure).toMatchObject({ code: 'invalid_config' });
  expect(vault.secretReads).toBe(0);
});

test('a server too old to know its mounts is read as version 1', async () => {
  const { source, vault } = await startWorld();
  const key = makeTestKey();
  vault.enableKv('kv', 1);
  vault.writeSecret('kv/magic-hour', { api_key: key });
  const env = { VAULT_ADDR: vault.origin, VAULT_TOKEN: vault.rootToken };
  vault.fail({ status: 404, json: { errors: [] } });
  expect((await read(source({ path: 'kv/magic-hour', env }))).value).toBe(key);
});

const probe = { signal: AbortSignal.timeout(60_000), reason: 'rejected' } as const;

test('the previous version is the one before the newest', async () => {
  const { source, key, vault } = await startWorld();
  const one = source();
  expect(await one.readPrevious?.(probe)).toBeUndefined();
  vault.writeSecret(PATH, { api_key: makeTestKey() });
  expect(await one.readPrevious?.(probe)).toMatchObject({ value: key, version: '1', sequence: 1 });
});

test('deleted versions are passed over on the way back, and the newest may be deleted itself', async () => {
  const { source, key, vault } = await startWorld();
  for (const _ of [2, 3, 4]) vault.writeSecret(PATH, { api_key: makeTestKey() });
  vault.deleteVersion(PATH, 3);
  vault.destroyVersion(PATH, 2);
  expect(await source().readPrevious?.(probe)).toMatchObject({ value: key, version: '1' });
  vault.deleteVersion(PATH, 4);
  expect(await source().readPrevious?.(probe)).toMatchObject({ value: key, version: '1' });
  vault.deleteVersion(PATH, 1);
  expect(await source().readPrevious?.(probe)).toBeUndefined();
});

test('a previous version that holds no key is passed over as well', async () => {
  const { source, key, vault } = await startWorld();
  vault.writeSecret(PATH, { something: 'else', than: 'a key' });
  vault.writeSecret(PATH, { api_key: makeTestKey() });
  expect(await source({ field: 'api_key' }).readPrevious?.(probe)).toMatchObject({
    value: key,
    version: '1',
  });
});

test('the way back ends, so that a long history of deleted versions costs four requests at most', async () => {
  const { source, vault } = await startWorld();
  for (let version = 2; version <= 9; version++) vault.writeSecret(PATH, { api_key: makeTestKey() });
  for (let version = 1; version <= 8; version++) vault.deleteVersion(PATH, version);
  expect(await source().readPrevious?.(probe)).toBeUndefined();
  expect(vault.secretReads).toBe(4);
});

test('a store that fails on the way back is a failure, not "there is none"', async () => {
  const { source, vault } = await startWorld();
  vault.writeSecret(PATH, { api_key: makeTestKey() });
  const one = source();
  await read(one);
  vault.fail(
    { status: 500, json: { errors: ['internal error'] } },
    { which: ({ path }) => path.includes('version=') },
  );
  expect(await classifyFailure(one.readPrevious!(probe), one)).toMatchObject({ code: 'unavailable' });
});

test('a client of the application is asked, and never closed', async () => {
  const { key, source } = await startWorld();
  const asked: string[] = [];
  const client = {
    async read(path: string): Promise<unknown> {
      asked.push(path);
      if (path.startsWith('sys/'))
        return { data: { path: 'secret/', type: 'kv', options: { version: '2' } } };
      return {
        data: {
          data: { api_key: key },
          metadata: { version: 3, created_time: '2026-01-02T03:04:05.678901234Z' },
        },
      };
    },
    close: () => expect.unreachable('closed'),
  };
  const one = source({ client, env: {} });
  expect(await read(one)).toMatchObject({
    value: key,
    version: '3',
    createdAt: new Date('2026-01-02T03:04:05.678Z'),
  });
  expect(asked).toEqual(['sys/internal/ui/mounts/secret/magic-hour', 'secret/data/magic-hour']);
  expect(one.location).toBe('secret/magic-hour');
});
