import { chmod } from 'node:fs/promises';
import type { AzureAuth } from '@magic-hour-keys/azure';
import { makeTestKey } from '@magic-hour-keys/testing';
import { generate } from 'selfsigned';
import { beforeEach, expect, test, vi } from 'vitest';
import { failureOf, read } from '../store-reads.ts';
import { NAME, useAzure } from './azure-for-test.ts';

const world = useAzure();
let key: string;

beforeEach(() => {
  key = makeTestKey();
  world.azure.secrets.put(NAME, key);
});

function tenant(): { tenantId: string; clientId: string } {
  return { tenantId: world.azure.tenantId, clientId: world.application.clientId };
}

test('a client secret may be in a file', async () => {
  const file = await world.write('secret', `${world.application.clientSecret}\n`);
  const auth: AzureAuth = { method: 'client-secret', ...tenant(), clientSecret: { file } };
  expect((await read(world.source({ auth }))).value).toBe(key);
});

test('a client certificate signs the login', async () => {
  const made = await generate([{ name: 'commonName', value: 'worker' }], {
    keySize: 2048,
    algorithm: 'sha256',
  });
  world.application.certificates.push(made.cert);
  const file = await world.write('certificate.pem', `${made.private}\n${made.cert}`);
  const auth: AzureAuth = { method: 'client-certificate', ...tenant(), certificate: { file } };
  expect((await read(world.source({ auth }))).value).toBe(key);
  world.application.certificates.length = 0;
  const error = await failureOf(world.source({ auth }), [made.private, ...world.secrets()]);
  expect(error).toMatchObject({ code: 'unauthenticated', upstream: { status: 401 } });
  expect(error.hint).toContain('AADSTS700027: The application does not know this certificate');
});

test('what is no certificate is told as one that can not log in', async () => {
  const file = await world.write('certificate.pem', makeTestKey());
  const auth: AzureAuth = { method: 'client-certificate', ...tenant(), certificate: { file } };
  const error = await failureOf(world.source({ auth }), world.secrets());
  expect(error).toMatchObject({ code: 'unauthenticated' });
  expect(error.hint).toContain('in PEM');
});

test.each(['options', 'variables'])(
  'a workload identity logs in with its token file, named by %s',
  async (by) => {
    world.application.federatedToken = makeTestKey();
    const tokenFile = await world.write('token', world.application.federatedToken);
    const { tenantId, clientId } = tenant();
    if (by === 'variables') {
      vi.stubEnv('AZURE_TENANT_ID', tenantId);
      vi.stubEnv('AZURE_CLIENT_ID', clientId);
      vi.stubEnv('AZURE_FEDERATED_TOKEN_FILE', tokenFile);
    }
    const auth: AzureAuth = {
      method: 'workload-identity',
      ...(by === 'options' && { tenantId, clientId, tokenFile }),
    };
    expect((await read(world.source({ auth }))).value).toBe(key);
  },
);

test('a token file that is not there is unauthenticated, and not a secret that is not found', async () => {
  const auth: AzureAuth = { method: 'workload-identity', ...tenant(), tokenFile: 'no-such-file' };
  const error = await failureOf(world.source({ auth }), world.secrets());
  expect(error).toMatchObject({ code: 'unauthenticated' });
  expect(error.hint).toContain('AZURE_FEDERATED_TOKEN_FILE');
});

test.each(['environment', 'default'] as const)('%s finds the variables of an application', async (method) => {
  vi.stubEnv('AZURE_TENANT_ID', world.azure.tenantId);
  vi.stubEnv('AZURE_CLIENT_ID', world.application.clientId);
  vi.stubEnv('AZURE_CLIENT_SECRET', world.application.clientSecret);
  expect((await read(world.source({ auth: { method } }))).value).toBe(key);
});

test.each([
  ['environment', 'Set AZURE_TENANT_ID'],
  ['default', 'No Azure credentials were found'],
  ['workload-identity', 'AZURE_FEDERATED_TOKEN_FILE'],
  ['azure-cli', 'Run: az login'],
] as const)('%s without credentials is unauthenticated, and the hint says: %s', async (method, hint) => {
  // Nothing listens there, and it is found out at once.
  vi.stubEnv('AZURE_POD_IDENTITY_AUTHORITY_HOST', 'http://127.0.0.1:1');
  const error = await failureOf(world.source({ auth: { method } }), world.secrets());
  expect(error).toMatchObject({ code: 'unauthenticated' });
  expect(error.hint).toContain(hint);
});

test('whoever is logged in with az gets the key', async () => {
  const expires = Math.floor(Date.now() / 1000) + 3600;
  const answer = { accessToken: world.azure.issueToken(), expires_on: expires, tokenType: 'Bearer' };
  const tool = await world.write('az', `#!/bin/sh\necho '${JSON.stringify(answer)}'\n`);
  await chmod(tool, 0o700);
  expect((await read(world.source({ auth: { method: 'azure-cli' } }))).value).toBe(key);
});

test('any TokenCredential will do', async () => {
  const token = world.azure.issueToken();
  const asked = vi.fn<(scopes: unknown, options: unknown) => void>();
  const credential = {
    async getToken(scopes: string | string[], options?: unknown) {
      asked(scopes, options);
      return { token, expiresOnTimestamp: Date.now() + 3_600_000 };
    },
  };
  const source = world.source({ credential });
  expect((await read(source)).value).toBe(key);
  await read(source);
  expect(asked).toHaveBeenCalledOnce();
  expect(asked).toHaveBeenCalledWith(
    ['https://vault.azure.net/.default'],
    expect.objectContaining({ tenantId: world.azure.tenantId, enableCae: true }),
  );
});

test.each([[null], [undefined], ['text'], [{}], [{ token: '', expiresOnTimestamp: 1 }]])(
  'a credential that gives %j has given no token',
  async (given) => {
    const credential = { getToken: async () => given as never };
    expect(await failureOf(world.source({ credential }), world.secrets())).toMatchObject({
      code: 'unauthenticated',
      hint: expect.stringContaining('The credential gave no token'),
    });
  },
);

test('a wrong client secret is told by its number at Entra, and not shown', async () => {
  const wrong = makeTestKey();
  const error = await failureOf(world.source({ env: { SECRET: wrong } }), [wrong, ...world.secrets()]);
  expect(error).toMatchObject({ code: 'unauthenticated', upstream: { status: 401 } });
  expect(error.hint).toContain('AADSTS7000215: The client secret is wrong');
  expect(error.hint).toContain('az ad app credential reset');
});

test('a secret that no variable holds is unauthenticated, and the variable is named', async () => {
  const error = await failureOf(world.source({ env: {} }), world.secrets());
  expect(error).toMatchObject({ code: 'unauthenticated' });
  expect(error.hint).toContain('Set SECRET');
  expect(world.azure.requests).toEqual([]);
});

test('a tenant that is not there is told as such', async () => {
  const auth: AzureAuth = {
    method: 'client-secret',
    tenantId: 'another-tenant',
    clientId: world.application.clientId,
    clientSecret: { env: 'SECRET' },
  };
  const error = await failureOf(world.source({ auth }), world.secrets());
  expect(error).toMatchObject({ code: 'unauthenticated' });
});

test('a client secret that was replaced is taken over within the read that finds its token refused', async () => {
  const env = { SECRET: world.application.clientSecret };
  const source = world.source({ env });
  await read(source);
  world.application.clientSecret = makeTestKey();
  env.SECRET = world.application.clientSecret;
  world.azure.revokeTokens();
  expect((await read(source)).value).toBe(key);
  expect(world.azure.count('token')).toBe(2);
});

test('a login that stays refused costs one login a read', async () => {
  const source = world.source();
  await read(source);
  world.azure.revokeTokens();
  world.application.clientSecret = makeTestKey();
  await expect(read(source)).rejects.toBeDefined();
  const logins = world.azure.count('token');
  await expect(read(source)).rejects.toBeDefined();
  expect(world.azure.count('token')).toBe(logins + 1);
});
