import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { vaultKeyProvider, vaultKeySource, type VaultOptions } from '@magic-hour-keys/vault';
import { expect, test } from 'vitest';
import { makeRefusalOf } from '../backends/make-refusal-of.ts';

const path = 'secret/magic-hour';

const refusalOf = makeRefusalOf(vaultKeySource);

test.each<[VaultOptions, string]>([
  [{ path }, 'secret/magic-hour at VAULT_ADDR'],
  [{ path, address: 'https://vault.internal:8200' }, 'secret/magic-hour at https://vault.internal:8200'],
  [{ path, field: 'api_key', version: 3 }, 'secret/magic-hour#api_key at VAULT_ADDR, version 3'],
  [{ path, namespace: 'team-a' }, 'secret/magic-hour at VAULT_ADDR, namespace team-a'],
  [{ path, client: { read: async () => undefined } }, 'secret/magic-hour'],
])('%j is at "%s", known before anything is loaded', (options, location) => {
  expect(vaultKeySource(options)).toMatchObject({ name: 'vault', location });
  expect(vaultKeyProvider(options).health()).toMatchObject({ source: 'vault', location, state: 'empty' });
});

test.each<[string, Record<string, unknown>, string]>([
  ['no path', { path: undefined }, 'path'],
  ['a path that is no text', { path: 7 }, 'path'],
  ['a path without a name', { path: 'secret' }, 'path'],
  ['a path that climbs', { path: 'secret/../sys/seal' }, 'path'],
  ['a path with a dot', { path: 'secret/./x' }, 'path'],
  ['a path with an empty segment', { path: 'secret//x' }, 'path'],
  ['a path with a control character', { path: 'secret/a\u001B[2J' }, 'path'],
  ['a path with half of a character', { path: 'secret/a\uD800' }, 'path'],
  ['an address without a scheme', { address: 'vault.internal' }, 'address'],
  ['an address with a user', { address: 'https://user:canary-password@vault.internal' }, 'address'],
  ['an address with a query', { address: 'https://vault.internal?x=1' }, 'address'],
  ['http to another machine', { address: 'http://vault.internal:8200' }, 'address'],
  ['http to a name that looks like this machine', { address: 'http://127.0.0.1.evil.test' }, 'address'],
  ['an empty field', { field: '' }, 'field'],
  ['a namespace with a line break', { namespace: 'a\r\nx-evil: 1' }, 'namespace'],
  ['a version that is no number', { version: '3' }, 'version'],
  ['version 0', { version: 0 }, 'version'],
  ['a version of an engine without versions', { version: 1, kvVersion: 1 }, 'version'],
  ['an engine that does not exist', { kvVersion: 3 }, 'kvVersion'],
  ['a mount that is not in front', { mount: 'other' }, 'mount'],
  ['a mount that is half a segment', { mount: 'sec' }, 'mount'],
  ['a mount that is the whole path', { mount: path }, 'mount'],
  ['a CA that is no path', { caFile: '' }, 'caFile'],
  ['a permission that is text', { allowInsecure: 'yes' }, 'allowInsecure'],
  ['redirects that are no list', { allowedRedirects: 'https://a.test' }, 'allowedRedirects'],
  ['a redirect with a path', { allowedRedirects: ['https://a.test/x'] }, 'allowedRedirects'],
  ['a redirect by http', { allowedRedirects: ['http://a.test'] }, 'allowedRedirects'],
  ['an unknown login', { auth: { method: 'ldap' } }, 'auth.method'],
  ['a login without a method', { auth: {} }, 'auth.method'],
  ['no login at all', { auth: null }, 'auth.method'],
  [
    'a mount of a login that climbs',
    { auth: { method: 'approle', mount: '../sys', roleId: 'r' } },
    'auth.mount',
  ],
  ['an AppRole without a role id', { auth: { method: 'approle' } }, 'auth.roleId'],
  [
    'a secret id that stands there itself',
    { auth: { method: 'approle', roleId: 'r', secretId: 'canary' } },
    'auth.secretId',
  ],
  ['a token that stands there itself', { auth: { method: 'token', token: 'canary-token' } }, 'auth.token'],
  ['a reference to two places', { auth: { method: 'token', token: { env: 'A', file: 'b' } } }, 'auth.token'],
  ['a file that is none', { auth: { method: 'token-file', file: '' } }, 'auth.file'],
  ['Kubernetes without a role', { auth: { method: 'kubernetes' } }, 'auth.role'],
  ['a JWT that is missing', { auth: { method: 'jwt', role: 'r' } }, 'auth.jwt'],
  ['a client that can not read', { client: {} }, 'client'],
  ['a client beside a login', { client: { read: async () => undefined }, auth: { method: 'token' } }, 'auth'],
  [
    'a client beside an address',
    { client: { read: async () => undefined }, address: 'https://a.test' },
    'address',
  ],
])('%s is refused, by the name of the option', (_, options, name) => {
  const error = refusalOf({ path, ...options });
  expect(error.code).toBe('invalid_config');
  expect(error.message).toContain(`the option ${name} `);
  expect(error.hint).toBe(`Correct the option \`${name}\`.`);
  expect(error.message).not.toMatch(/canary|evil/);
});

test('a key or a token in the place of a name is not printed', () => {
  const key = makeTestKey();
  const token = `hvs.${key.slice(9)}`;
  for (const secret of [key, token]) {
    for (const options of [
      { path: `secret/${secret}` },
      { path, field: secret },
      { path, namespace: secret },
      { path, address: `https://${secret}.test` },
      { path, allowedRedirects: [`https://${secret}.test`] },
      { path, auth: { method: 'token', token: secret } },
      { path, auth: { method: 'token', token: { env: secret } } },
      { path, auth: { method: 'approle', roleId: secret } },
    ]) {
      const error = refusalOf(options);
      expect(error.message).toContain('holds what looks like a key or a token');
      expect(findLeaks(error, [secret])).toEqual([]);
    }
  }
});

test.each([
  'http://127.0.0.1:8200',
  'http://localhost:8200/',
  'http://[::1]:8200',
  'https://vault.internal/behind/a/proxy',
  'https://[2001:db8::1]:8200',
])('%s is an address that a token may be sent to', (address) => {
  expect(vaultKeySource({ path, address }).location).toContain(address);
});

test('http to another machine can be permitted', () => {
  const options = {
    path,
    address: 'http://vault.internal',
    allowedRedirects: ['http://a.test'],
    allowInsecure: true,
  };
  expect(vaultKeySource(options).location).toContain('http://vault.internal');
});

test('creating a source reaches for nothing, and it can be closed unread', async () => {
  const env = new Proxy({}, { get: () => expect.unreachable('a variable was read') });
  const source = vaultKeySource({
    path,
    env,
    client: { read: () => expect.unreachable('a request was sent') },
  });
  await source.close?.();
  await expect(source.read({ signal: AbortSignal.timeout(1000), reason: 'initial' })).rejects.toMatchObject({
    code: 'closed',
  });
});
