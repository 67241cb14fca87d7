// The fake is judged by the official client: what node-vault can do with a Vault, it can do with this one.
import createNodeVault, { type client } from 'node-vault';
import { expect, test } from 'vitest';
import { startVault } from './vault-world.ts';

type Answer = Record<string, Record<string, unknown>>;

function clientOf(endpoint: string, token = ''): client {
  return createNodeVault({ endpoint, token, noCustomHTTPVerbs: true });
}

async function statusOf(promise: Promise<unknown>): Promise<number | undefined> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return (error as { response?: { statusCode: number } } | undefined)?.response?.statusCode;
}

test('KV version 2: versions, check-and-set, soft deletion, destruction, metadata and lists', async () => {
  const vault = await startVault();
  vault.enableKv('secret', 2);
  const raw = clientOf(vault.origin, vault.rootToken);
  await raw.write('secret/data/app/key', { data: { a: '1' }, options: { cas: 0 } });
  expect(await statusOf(raw.write('secret/data/app/key', { data: { a: 'x' }, options: { cas: 0 } }))).toBe(
    400,
  );
  expect(await raw.write('secret/data/app/key', { data: { a: '2' }, options: { cas: 1 } })).toMatchObject({
    data: { version: 2, destroyed: false, deletion_time: '' },
  });
  expect(await raw.read('secret/data/app/key')).toMatchObject({
    data: { data: { a: '2' }, metadata: { version: 2 } },
  });
  expect(await raw.read('secret/data/app/key?version=1')).toMatchObject({ data: { data: { a: '1' } } });
  expect(await raw.list('secret/metadata/app/')).toMatchObject({ data: { keys: ['key'] } });
  expect(await raw.read('secret/metadata/app/key')).toMatchObject({
    data: {
      current_version: 2,
      oldest_version: 1,
      versions: { 1: { destroyed: false }, 2: { destroyed: false } },
    },
  });
  await raw.delete('secret/data/app/key');
  expect(await statusOf(raw.read('secret/data/app/key'))).toBe(404);
  await raw.write('secret/undelete/app/key', { versions: [2] });
  expect(await raw.read('secret/data/app/key')).toMatchObject({ data: { data: { a: '2' } } });
  await raw.write('secret/destroy/app/key', { versions: [2] });
  await raw.write('secret/delete/app/key', { versions: [1] });
  expect(await statusOf(raw.read('secret/data/app/key?version=1'))).toBe(404);
  await raw.delete('secret/metadata/app/key');
  expect(await statusOf(raw.read('secret/metadata/app/key'))).toBe(404);
});

test('KV version 2 keeps ten versions', async () => {
  const vault = await startVault();
  vault.enableKv('secret', 2);
  for (let version = 1; version <= 12; version++) vault.writeSecret('secret/x', { version });
  const raw = clientOf(vault.origin, vault.rootToken);
  expect(await statusOf(raw.read('secret/data/x?version=2'))).toBe(404);
  expect(await raw.read('secret/data/x?version=3')).toMatchObject({ data: { data: { version: 3 } } });
});

test('KV version 1: write, read, list and delete', async () => {
  const vault = await startVault();
  vault.enableKv('kv', 1);
  const raw = clientOf(vault.origin, vault.rootToken);
  await raw.write('kv/a/b', { x: '1' });
  expect(await raw.read('kv/a/b')).toMatchObject({ data: { x: '1' } });
  expect(await raw.list('kv/a/')).toMatchObject({ data: { keys: ['b'] } });
  await raw.delete('kv/a/b');
  expect(await statusOf(raw.read('kv/a/b'))).toBe(404);
});

test('the API of the other version is a 404 that says so', async () => {
  const vault = await startVault();
  vault.enableKv('secret', 2);
  vault.writeSecret('secret/x', { a: '1' });
  const error: unknown = await clientOf(vault.origin, vault.rootToken)
    .read('secret/x')
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    response: { statusCode: 404, body: { warnings: [expect.stringContaining('versioned K/V')] } },
  });
});

test('policies decide, by exact path, by * and by +', async () => {
  const vault = await startVault();
  vault.enableKv('kv', 1);
  for (const name of ['a/x', 'a/b/x', 'c/x', 'd']) vault.writeSecret(`kv/${name}`, { v: '1' });
  vault.writePolicy('p', [
    { path: 'kv/a/*', capabilities: ['read'] },
    { path: 'kv/+/x', capabilities: ['read'] },
    { path: 'kv/a/b/x', capabilities: ['deny'] },
  ]);
  const raw = clientOf(vault.origin, vault.createToken({ policies: ['p'] }));
  const statuses = await Promise.all(
    ['kv/a/x', 'kv/a/b/x', 'kv/c/x', 'kv/d'].map((path) => statusOf(raw.read(path))),
  );
  expect(statuses).toEqual([undefined, 403, undefined, 403]);
  expect(await statusOf(raw.write('kv/a/x', { v: '2' }))).toBe(403);
  expect(await statusOf(raw.read('sys/internal/ui/mounts/kv/d'))).toBe(undefined);
  expect(await statusOf(raw.read('sys/internal/ui/mounts/nothing/d'))).toBe(403);
});

test('tokens end: by time, by uses, by revocation, and at the longest that is allowed', async () => {
  let nowMs = 0;
  const vault = await startVault({ wallMs: () => nowMs });
  vault.enableKv('kv', 1);
  vault.writeSecret('kv/x', { v: '1' });
  vault.writePolicy('p', [{ path: 'kv/x', capabilities: ['read'] }]);
  const raw = clientOf(
    vault.origin,
    vault.createToken({ policies: ['p'], ttlSeconds: 100, maxTtlSeconds: 150 }),
  );
  expect(await raw.read('auth/token/lookup-self')).toMatchObject({
    data: { ttl: 100, renewable: true, type: 'service' },
  });
  nowMs = 80_000;
  expect(((await raw.write('auth/token/renew-self', {})) as Answer)['auth']).toMatchObject({
    lease_duration: 70,
  });
  nowMs = 149_999;
  expect(await statusOf(raw.read('kv/x'))).toBeUndefined();
  nowMs = 150_000;
  expect(await statusOf(raw.read('kv/x'))).toBe(403);

  const twice = clientOf(vault.origin, vault.createToken({ policies: ['p'], numUses: 2 }));
  expect(await Promise.all([1, 2].map(() => statusOf(twice.read('kv/x'))))).toEqual([undefined, undefined]);
  expect(await statusOf(twice.read('kv/x'))).toBe(403);

  const revoked = clientOf(vault.origin, vault.createToken({ policies: ['p'] }));
  await revoked.write('auth/token/revoke-self', {});
  expect(await statusOf(revoked.read('kv/x'))).toBe(403);
});

test('the login commands of node-vault get a token each', async () => {
  // No time passes between a login and the answer.
  const vault = await startVault({ wallMs: () => 1_700_000_000_000 });
  vault.enableAppRole({ roleId: 'r', secretIds: ['s'], ttlSeconds: 60 });
  vault.enableKubernetes({ role: 'w', jwts: ['j'] });
  vault.enableJwt({ role: 'ci', jwts: ['j'] });
  const raw = clientOf(vault.origin) as unknown as Record<string, (args: object) => Promise<Answer>>;
  const grants = [
    await raw['approleLogin']?.({ role_id: 'r', secret_id: 's' }),
    await raw['kubernetesLogin']?.({ role: 'w', jwt: 'j', mount_point: 'kubernetes' }),
    await clientOf(vault.origin).write('auth/jwt/login', { role: 'ci', jwt: 'j' }),
  ] as Answer[];
  for (const grant of grants) {
    const token = grant['auth']?.['client_token'];
    expect(
      await statusOf(clientOf(vault.origin, String(token)).read('auth/token/lookup-self')),
    ).toBeUndefined();
  }
  expect(grants[0]?.['auth']).toMatchObject({ lease_duration: 60, renewable: true, token_type: 'service' });
  expect(await statusOf(raw['approleLogin']!({ role_id: 'r', secret_id: 'x' }))).toBe(400);
});

test('its health is told without a token: active, standby and sealed', async () => {
  const vault = await startVault();
  const health = async (): Promise<number> => (await fetch(`${vault.origin}/v1/sys/health`)).status;
  expect(await health()).toBe(200);
  vault.standBy('https://other.test');
  expect(await health()).toBe(429);
  vault.standBy(undefined);
  vault.seal();
  expect(await health()).toBe(503);
  expect(await statusOf(clientOf(vault.origin, vault.rootToken).read('kv/x'))).toBe(503);
  vault.unseal();
  expect(await health()).toBe(200);
});

test('faults are met in their order, and only by those they are meant for', async () => {
  const vault = await startVault();
  vault.enableKv('kv', 1);
  vault.writeSecret('kv/x', { v: '1' });
  const raw = clientOf(vault.origin, vault.rootToken);
  vault.fail({ status: 500, json: { errors: [] } }, { times: 2 });
  vault.fail({ status: 429 }, { which: ({ path }) => path.endsWith('/y') });
  const statuses: (number | undefined)[] = [];
  for (const name of ['x', 'x', 'x', 'y', 'y']) statuses.push(await statusOf(raw.read(`kv/${name}`)));
  expect(statuses).toEqual([500, 500, undefined, 429, 404]);
  expect(vault.secretReads).toBe(5);
});
