// For managed identities the SDK keeps the first service that a process has asked, and its tokens, so this file has one
// service for all of its tests.
import type { AzureAuth } from '@magic-hour-keys/azure';
import { azureKeySource } from '@magic-hour-keys/azure';
import { makeTestKey } from '@magic-hour-keys/testing';
import { startFakeAzure, type FakeAzure } from '@magic-hour-keys/testing/fakes/azure';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { KeySource } from '@magic-hour-keys/core';
import { failureOf, read } from '../store-reads.ts';
import { NAME } from './azure-for-test.ts';

let azure: FakeAzure;
let key: string;
let identities = 0;

beforeAll(async () => {
  azure = await startFakeAzure({ isPlain: true });
});
afterAll(() => azure.close());
beforeEach(() => {
  vi.stubEnv('AZURE_POD_IDENTITY_AUTHORITY_HOST', azure.metadataOrigin);
  // A proxy is not for the machine itself.
  vi.stubEnv('HTTP_PROXY', 'http://127.0.0.1:1');
  azure.heal();
  key = makeTestKey();
  azure.secrets.put(NAME, key);
});

/** Of its own, because the tokens of one are kept by the SDK. */
function makeIdentity(): AzureAuth {
  identities += 1;
  const clientId = `identity-${identities}`;
  azure.setIdentity({ clientId });
  return { method: 'managed-identity', clientId };
}

function makeSource(auth: AzureAuth): KeySource {
  return azureKeySource({
    vaultUrl: azure.vaultUrl,
    name: NAME,
    disableChallengeResourceVerification: true,
    auth,
  });
}

test('a managed identity logs in at the service of its machine', async () => {
  const source = makeSource(makeIdentity());
  expect((await read(source)).value).toBe(key);
  await source.close?.();
});

test('a second provider of the process can log in after the first one was closed', async () => {
  const first = makeSource(makeIdentity());
  await read(first);
  await first.close?.();
  const second = makeSource(makeIdentity());
  expect((await read(second)).value).toBe(key);
  await second.close?.();
});

test('a machine without that identity is unauthenticated', async () => {
  azure.setIdentity(undefined);
  const error = await failureOf(makeSource({ method: 'managed-identity', clientId: 'nobody' }), [key]);
  expect(error).toMatchObject({ code: 'unauthenticated' });
  expect(error.hint).toContain('Assign a managed identity');
});

test('a service of the machine that can not be reached is unavailable, and asked again by the next read', async () => {
  const auth = makeIdentity();
  azure.fail('reset', { operation: 'metadata' });
  const error = await failureOf(makeSource(auth), [key]);
  expect(error).toMatchObject({ code: 'unavailable' });
  expect(error.hint).toContain('could not be reached');
  azure.heal();
  const source = makeSource(auth);
  expect((await read(source)).value).toBe(key);
  await source.close?.();
});
