import { SecretClient } from '@azure/keyvault-secrets';
import { createKeyProvider } from '@magic-hour-keys/core';
import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { beforeEach, expect, test } from 'vitest';
import { failureOf, read } from '../store-reads.ts';
import { NAME, readPrevious, useAzure } from './azure-for-test.ts';

const world = useAzure();
let key: string;

beforeEach(() => {
  key = makeTestKey();
});

test('a read gives the newest version, with its id and the time when it was stored', async () => {
  world.azure.secrets.put(NAME, makeTestKey());
  const stored = world.azure.secrets.put(NAME, key);
  expect(await read(world.source())).toEqual({
    value: key,
    version: stored.id,
    createdAt: new Date(stored.createdSeconds * 1000),
    sequence: stored.createdSeconds * 1000,
    notBefore: undefined,
    expiresAt: undefined,
  });
});

test('the first read costs a challenge, a login and the read; the next one is one request', async () => {
  world.azure.secrets.put(NAME, key);
  const source = world.source();
  await read(source);
  expect(world.azure.requests.map(({ operation, status }) => [operation, status])).toEqual([
    ['GetSecret', 401],
    ['openid-configuration', 200],
    ['token', 200],
    ['GetSecret', 200],
  ]);
  await read(source);
  expect(world.azure.requests).toHaveLength(5);
});

test('a version that is named is read for ever, and has none before it', async () => {
  const old = world.azure.secrets.put(NAME, key);
  world.azure.secrets.put(NAME, makeTestKey());
  const source = world.source({ version: old.id });
  expect((await read(source)).value).toBe(key);
  expect(source.readPrevious).toBeUndefined();
});

test('a member of a JSON object is found', async () => {
  world.azure.secrets.put(NAME, JSON.stringify({ magicHour: { apiKey: key } }));
  expect((await read(world.source({ field: 'magicHour.apiKey' }))).value).toBe(key);
});

test('a secret that is not valid yet is not used, although Key Vault gives it out', async () => {
  const notBefore = new Date('2031-01-01T00:00:00Z');
  world.azure.secrets.put(NAME, key, { notBefore });
  expect(await read(world.source())).toMatchObject({ value: key, notBefore });
  const error = await failureOf(world.source(), [key, ...world.secrets()]);
  expect(error.code).toBe('disabled');
});

test('a secret that has expired is not used, although Key Vault gives it out', async () => {
  const expiresOn = new Date('2001-01-01T00:00:00Z');
  world.azure.secrets.put(NAME, key, { expiresOn });
  expect(await read(world.source())).toMatchObject({ value: key, expiresAt: expiresOn });
  const error = await failureOf(world.source(), [key, ...world.secrets()]);
  expect(error.code).toBe('disabled');
});

test('a disabled version is disabled, with the command that enables it, and the one before it is not taken', async () => {
  world.azure.secrets.put(NAME, makeTestKey());
  world.azure.secrets.put(NAME, key, { enabled: false });
  const error = await failureOf(world.source(), [key, ...world.secrets()]);
  expect(error).toMatchObject({ code: 'disabled', upstream: { name: 'SecretDisabled', status: 403 } });
  expect(error.hint).toContain('az keyvault secret set-attributes');
});

test('an emulator that gives out a disabled secret is not believed', async () => {
  const client = {
    vaultUrl: 'https://emulator.example',
    getSecret: async () => ({ value: key, properties: { version: '1', enabled: false } }),
    listPropertiesOfSecretVersions: () => [],
  };
  await expect(read(world.source({ client: client as never }))).rejects.toMatchObject({ code: 'disabled' });
});

test('the previous version is the newest enabled one before the current one, in whatever order they are listed', async () => {
  const keys = Array.from({ length: 60 }, () => makeTestKey());
  for (const one of keys) world.azure.secrets.put(NAME, one);
  const [beforeIt = '', disabled] = [keys.at(-3), world.azure.secrets.list(NAME).at(-2)];
  world.azure.secrets.update(NAME, disabled?.id, { enabled: false });
  const source = world.source();
  expect(await readPrevious(source)).toMatchObject({ value: beforeIt });
  // Three pages.
  expect(world.azure.count('GetSecretVersions')).toBe(3);
});

test('the previous version is found while the current one is disabled', async () => {
  world.azure.secrets.put(NAME, key);
  world.azure.secrets.put(NAME, makeTestKey(), { enabled: false });
  expect(await readPrevious(world.source())).toMatchObject({ value: key });
});

test('a secret with one version, or none, has no previous one', async () => {
  expect(await readPrevious(world.source())).toBeUndefined();
  world.azure.secrets.put(NAME, key);
  expect(await readPrevious(world.source())).toBeUndefined();
});

test('a client that was handed in is used as it is, and stays open', async () => {
  world.azure.secrets.put(NAME, makeTestKey());
  world.azure.secrets.put(NAME, key);
  const credential = {
    getToken: async () => ({ token: world.azure.issueToken(), expiresOnTimestamp: Infinity }),
  };
  const client = new SecretClient(world.azure.vaultUrl, credential, {
    tlsOptions: { ca: world.azure.ca },
    disableChallengeResourceVerification: true,
    retryOptions: { maxRetries: 0 },
  });
  const source = world.source({ client });
  expect(source.location).toBe(`${world.azure.vaultUrl}/secrets/${NAME}`);
  expect((await read(source)).value).toBe(key);
  expect(await readPrevious(source)).toBeDefined();
  await source.close?.();
  expect((await client.getSecret(NAME)).value).toBe(key);
});

test('neither the source nor its provider shows a credential when it is printed', async () => {
  world.azure.secrets.put(NAME, key);
  const source = world.source();
  const provider = createKeyProvider(source);
  await provider.getKey();
  expect(findLeaks(source, [key, ...world.secrets()])).toEqual([]);
  expect(findLeaks(provider, [key, ...world.secrets()])).toEqual([]);
  await provider.close();
});

test('close() ends every connection, and a read afterwards is refused', async () => {
  world.azure.secrets.put(NAME, key);
  const source = world.source();
  await read(source);
  expect(world.azure.openConnections).toBeGreaterThan(0);
  await source.close?.();
  await expect.poll(() => world.azure.openConnections).toBe(0);
  await expect(read(source)).rejects.toMatchObject({ code: 'closed' });
});

test('the version of the interface that an emulator needs is asked for', async () => {
  world.azure.secrets.put(NAME, key);
  expect((await read(world.source({ apiVersion: '7.4' }))).value).toBe(key);
  const versions = world.azure.requests
    .filter(({ operation }) => operation === 'GetSecret')
    .map(({ path }) => new URLSearchParams(decodeURIComponent(path.split('?')[1] ?? '')).get('api-version'));
  expect(new Set(versions)).toEqual(new Set(['7.4']));
});
