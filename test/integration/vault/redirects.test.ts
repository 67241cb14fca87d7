// A standby node answers 307 with the address of the active one. No token goes anywhere else.
import { expect, test } from 'vitest';
import { makeCertificate } from '../../unit/core/node/certificate.ts';
import { startServer, type TestServer } from '../../unit/core/node/servers-for-test.ts';
import { temporaryFolder } from '../../unit/core/node/temporary-folder.ts';
import { read, readFailure } from '../store-reads.ts';
import { PATH, POLICY, POLICY_RULES, startVault, startWorld, type VaultWorld } from './vault-world.ts';

const folder = temporaryFolder();

/** A second node that knows the same secret and the same login. */
async function startPair(): Promise<VaultWorld & { active: Awaited<ReturnType<typeof startVault>> }> {
  const world = await startWorld();
  const active = await startVault();
  active.enableKv('secret', 2);
  active.writeSecret(PATH, { api_key: world.key });
  active.writePolicy(POLICY, POLICY_RULES);
  for (const node of [world.vault, active])
    node.enableAppRole({ roleId: 'r', secretIds: [], policies: [POLICY] });
  return { ...world, active };
}

test('a standby is followed to a node that was named, with token and body', async () => {
  const { source, env, vault, active, key } = await startPair();
  vault.standBy(active.origin);
  const auth = { method: 'approle', roleId: 'r' } as const;
  const one = source({ env, auth, allowedRedirects: [active.origin] });
  expect((await read(one)).value).toBe(key);
  expect(active.calls).toEqual([
    'POST /v1/auth/approle/login',
    'GET /v1/sys/internal/ui/mounts/secret/magic-hour',
    'GET /v1/secret/data/magic-hour',
  ]);
  expect(JSON.parse(active.requests[0]?.body ?? '')).toEqual({ role_id: 'r' });
  expect(active.requests[2]?.headers['x-vault-token']).toMatch(/^hvs\./);
});

test.each([301, 302, 303, 307, 308])(
  'a redirect with %i to a node that was not named takes no token there',
  async (status) => {
    const { source, vault, active } = await startPair();
    vault.standBy(active.origin, status);
    const failure = await readFailure(source());
    expect(failure).toMatchObject({ code: 'origin_not_allowed', upstream: { status } });
    expect(failure.hint).toContain('`allowedRedirects`');
    expect(JSON.stringify(failure)).not.toContain(active.origin);
    expect(active.requests).toEqual([]);
  },
);

test('a second redirect is not followed', async () => {
  const { source, vault, active } = await startPair();
  vault.standBy(active.origin);
  active.standBy(vault.origin);
  const failure = await readFailure(source({ allowedRedirects: [active.origin, vault.origin] }));
  expect(failure).toMatchObject({ code: 'origin_not_allowed' });
  expect(vault.requests).toHaveLength(1);
  expect(active.requests).toHaveLength(1);
});

test.each([301, 302, 303])(
  'a redirect with %i is not what a standby answers, and is followed nowhere',
  async (status) => {
    const { source, vault, active } = await startPair();
    vault.standBy(active.origin, status);
    const failure = await readFailure(source({ allowedRedirects: [active.origin] }));
    expect(failure).toMatchObject({ code: 'origin_not_allowed' });
    expect(active.requests).toEqual([]);
  },
);

test.each([
  '//evil.test/v1/secret/data/magic-hour',
  'https://user:password@localhost/v1/x',
  'http://127.0.0.1.evil.test/',
  'https://evil.test',
  'https://[',
])('a redirect to "%s" is refused', async (location) => {
  const { source, vault } = await startPair();
  vault.fail({ status: 307, headers: { location } });
  const failure = await readFailure(source());
  expect(failure).toMatchObject({ code: 'origin_not_allowed' });
});

test('a redirect without a place is refused', async () => {
  const { source, vault } = await startPair();
  vault.fail({ status: 307 });
  expect(await readFailure(source())).toMatchObject({ code: 'origin_not_allowed' });
});

test('a redirect to the same node is followed once', async () => {
  const { source, vault, key } = await startPair();
  vault.fail({ status: 307, headers: { location: '/v1/elsewhere' } });
  expect((await read(source())).value).toBe(key);
});

test('of a redirect only the host is taken, so that it can not choose another path', async () => {
  const { source, vault, active, key } = await startPair();
  vault.fail({ status: 307, headers: { location: `${active.origin}/v1/sys/seal?x=1` } }, { times: Infinity });
  expect(
    (
      await read(
        source({
          env: { VAULT_ADDR: vault.origin, VAULT_TOKEN: active.rootToken },
          allowedRedirects: [active.origin],
        }),
      )
    ).value,
  ).toBe(key);
  expect(active.calls).toEqual([
    'GET /v1/sys/internal/ui/mounts/secret/magic-hour',
    'GET /v1/secret/data/magic-hour',
  ]);
});

test('https on the same host needs no name, and its port may be another', async () => {
  const { source, vault, key } = await startPair();
  const { active, ca } = await startSecure(key);
  vault.standBy(active.origin);
  expect((await read(source({ caFile: ca }))).value).toBe(key);
  expect(active.seen.map(({ headers }) => headers['x-vault-token'])).toEqual([
    expect.stringMatching(/^hvs\./),
    expect.stringMatching(/^hvs\./),
  ]);
});

test('from https nobody is followed to http, not even on the same host', async () => {
  const plain = await startWorld();
  const certificate = makeCertificate();
  const secure = await startServer((request, response) => {
    response.writeHead(307, { location: `${plain.vault.origin}${request.url}` }).end();
  }, certificate);
  const caFile = await folder.write('ca.pem', certificate.cert);
  const env = { VAULT_ADDR: secure.origin, VAULT_TOKEN: plain.token };
  expect(await readFailure(plain.source({ env, caFile }))).toMatchObject({ code: 'origin_not_allowed' });
  expect(plain.vault.requests).toEqual([]);
});

/** A node that speaks TLS and has the secret. */
async function startSecure(key: string): Promise<{ active: TestServer; ca: string }> {
  const certificate = makeCertificate();
  const active = await startServer((request, response) => {
    const isMount = request.url?.startsWith('/v1/sys/') === true;
    const data = isMount
      ? { path: 'secret/', type: 'kv', options: { version: '2' } }
      : { data: { api_key: key }, metadata: { version: 1 } };
    response.end(JSON.stringify({ data }));
  }, certificate);
  return { active, ca: await folder.write('ca.pem', certificate.cert) };
}
