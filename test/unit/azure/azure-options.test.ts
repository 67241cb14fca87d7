import { azureKeySource, type AzureOptions } from '@magic-hour-keys/azure';
import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { expect, test } from 'vitest';
import { makeRefusalOf } from '../backends/make-refusal-of.ts';

const vaultUrl = 'https://my-vault.vault.azure.net';
const place = { vaultUrl, name: 'magic-hour' };
const application = { tenantId: 'contoso.example', clientId: 'worker' };
const client = {
  vaultUrl: 'https://other.vault.azure.net',
  getSecret: (): Promise<unknown> => Promise.resolve({}),
  listPropertiesOfSecretVersions: () => ({
    [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error()) }),
  }),
};
const credential = { getToken: () => Promise.resolve(null) };

const refusalOf = makeRefusalOf(azureKeySource);

test.each<[AzureOptions, string]>([
  [place, `${vaultUrl}/secrets/magic-hour`],
  [{ ...place, vaultUrl: `${vaultUrl}/` }, `${vaultUrl}/secrets/magic-hour`],
  [{ ...place, version: 'a'.repeat(32) }, `${vaultUrl}/secrets/magic-hour/${'a'.repeat(32)}`],
  [{ name: 'magic-hour', client }, 'https://other.vault.azure.net/secrets/magic-hour'],
  [{ ...place, credential }, `${vaultUrl}/secrets/magic-hour`],
])('the options %# look in: %s', (options, location) => {
  expect(azureKeySource(options)).toMatchObject({ name: 'azure', location });
});

test.each([
  'https://my-vault.vault.azure.cn',
  'https://my-vault.privatelink.vaultcore.azure.net',
  'https://localhost:8443',
  'http://localhost:8080',
  'http://[::1]:8080',
])('the vault %s is taken', (url) => {
  expect(azureKeySource({ vaultUrl: url, name: 'a' }).location).toBe(`${url}/secrets/a`);
});

test.each([
  'http://my-vault.vault.azure.net',
  'http://lowkey-vault:8080',
  'http://127.0.0.1.example.com',
  'https://user:password@example.com',
  'https://example.com?x=1',
  'https://example.com#x',
  'https://example.com/path',
  'my-vault',
  '',
])('the vault %s is refused', (url) => {
  expect(refusalOf({ vaultUrl: url, name: 'a' })).toMatchObject({
    code: 'invalid_config',
    hint: 'Correct the option `vaultUrl`.',
  });
});

test.each<[option: string, options: unknown]>([
  ['vaultUrl', { name: 'a' }],
  ['name', { vaultUrl }],
  ['name', { vaultUrl, name: '' }],
  ['name', { vaultUrl, name: '..' }],
  ['name', { vaultUrl, name: 'a/b' }],
  ['name', { vaultUrl, name: 'a'.repeat(128) }],
  ['name', { vaultUrl, name: 5 }],
  ['version', { ...place, version: 'newest' }],
  ['field', { ...place, field: '' }],
  ['authorityHost', { ...place, authorityHost: 'https://login.microsoftonline.com/tenant' }],
  ['caFile', { ...place, caFile: '' }],
  ['apiVersion', { ...place, apiVersion: '7.4&x=1' }],
  ['client', { name: 'a', client: {} }],
  ['vaultUrl', { ...place, client }],
  ['auth', { name: 'a', client, auth: { method: 'default' } }],
  ['credential', { name: 'a', client, credential }],
  ['apiVersion', { name: 'a', client, apiVersion: '7.4' }],
  ['credential', { ...place, credential: {} }],
  ['auth', { ...place, credential, auth: { method: 'default' } }],
  ['auth.method', { ...place, auth: {} }],
  ['auth.method', { ...place, auth: null }],
  ['auth.method', { ...place, auth: { method: 'password' } }],
  [
    'auth.tenantId',
    { ...place, auth: { method: 'client-secret', clientId: 'a', clientSecret: { env: 'A' } } },
  ],
  ['auth.tenantId', { ...place, auth: { method: 'default', tenantId: '../x' } }],
  ['auth.clientId', { ...place, auth: { method: 'managed-identity', clientId: 'a b' } }],
  ['auth.objectId', { ...place, auth: { method: 'managed-identity', clientId: 'a', objectId: 'b' } }],
  ['auth.resourceId', { ...place, auth: { method: 'managed-identity', resourceId: 'a' } }],
  ['auth.tokenFile', { ...place, auth: { method: 'workload-identity', tokenFile: '' } }],
  ['auth.subscription', { ...place, auth: { method: 'azure-cli', subscription: '$(id)' } }],
  [
    'auth.additionallyAllowedTenants',
    { ...place, auth: { method: 'default', additionallyAllowedTenants: ['a b'] } },
  ],
  [
    'auth.clientSecret',
    { ...place, auth: { method: 'client-secret', ...application, clientSecret: 'text' } },
  ],
  ['auth.clientSecret', { ...place, auth: { method: 'client-secret', ...application } }],
  ['auth.certificate', { ...place, auth: { method: 'client-certificate', ...application, certificate: {} } }],
  [
    'auth.certificatePassword',
    {
      ...place,
      auth: {
        method: 'client-certificate',
        ...application,
        certificate: { env: 'A' },
        certificatePassword: { env: 'A', file: 'b' },
      },
    },
  ],
])('the option %s is named when it can not be meant: case %#', (option, options) => {
  const error = refusalOf(options);
  expect(error).toMatchObject({ code: 'invalid_config', source: 'azure' });
  expect(error.message).toContain(`the option ${option} `);
});

test.each<[string, (key: string) => unknown]>([
  ['name', (key) => ({ vaultUrl, name: key })],
  ['vaultUrl', (key) => ({ vaultUrl: `https://${key}.vault.azure.net`, name: 'a' })],
  ['version', (key) => ({ ...place, version: key })],
  ['field', (key) => ({ ...place, field: key })],
  ['caFile', (key) => ({ ...place, caFile: key })],
  ['auth.clientId', (key) => ({ ...place, auth: { method: 'default', clientId: key } })],
  [
    'auth.clientSecret.env',
    (key) => ({ ...place, auth: { method: 'client-secret', ...application, clientSecret: { env: key } } }),
  ],
])('a key in the place of the option %s is refused and not shown', (option, optionsWith) => {
  const key = makeTestKey();
  const error = refusalOf(optionsWith(key));
  expect(error.message).toContain(`the option ${option} holds what looks like a key`);
  expect(findLeaks(error, [key])).toEqual([]);
});

test('a client secret as text is refused and not shown', () => {
  const secret = makeTestKey().slice(9);
  const error = refusalOf({
    ...place,
    auth: { method: 'client-secret', ...application, clientSecret: secret },
  });
  expect(error.message).toContain('{ env: NAME } or { file: PATH }, never the value itself');
  expect(findLeaks(error, [secret])).toEqual([]);
});
