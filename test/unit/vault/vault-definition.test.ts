import { vaultKeySource, type VaultOptions } from '@magic-hour-keys/vault';
import { vaultDefinition } from '@magic-hour-keys/vault/definition';
import { describeDefinition } from '../backends/describe-definition.ts';

const path = 'secret/magic-hour';
const token = { env: 'TOKEN' };

const good: readonly VaultOptions[] = [
  { path },
  { path: '/secret/a b/c/' },
  { path, address: 'https://vault.internal:8200', field: 'api_key', namespace: 'team-a/b', caFile: 'ca.pem' },
  { path, version: 3 },
  { path: 'team/kv/x', kvVersion: 2, mount: 'team/kv' },
  { path, address: 'http://vault.internal', allowInsecure: true },
  { path, allowedRedirects: ['https://vault-1.internal:8200'] },
  { path, auth: { method: 'token' } },
  { path, auth: { method: 'token', token } },
  { path, auth: { method: 'token', token: { file: '/run/token' } } },
  { path, auth: { method: 'token-file', file: '/run/token' } },
  { path, auth: { method: 'approle', roleId: 'r', secretId: { file: '/run/sid' }, mount: 'ci/approle' } },
  { path, auth: { method: 'approle', roleId: { env: 'ROLE_ID' } } },
  { path, auth: { method: 'kubernetes', role: 'video-worker', jwt: { file: '/run/jwt' } } },
  { path, auth: { method: 'jwt', jwt: { env: 'CI_JWT' } } },
  { path, auth: { method: 'none' } },
];
const refused = [
  {},
  { path: 'secret' },
  { path: 'secret/../sys/seal' },
  { path, address: 'vault.internal' },
  { path, address: 'https://user:password@vault.internal' },
  { path, field: '' },
  { path, version: 0 },
  { path, version: 1.5 },
  { path, kvVersion: 3 },
  { path, mount: '..' },
  { path, namespace: 'a b' },
  { path, allowedRedirects: 'https://a.test' },
  { path, auth: 'token' },
  { path, auth: { method: 'ldap' } },
  { path, auth: { method: 'token', token: 'the token itself' } },
  { path, auth: { method: 'token', token: { ...token, file: 'x' } } },
  { path, auth: { method: 'approle' } },
  { path, auth: { method: 'approle', roleId: 'r', secretId: 'the secret id itself' } },
  { path, auth: { method: 'kubernetes' } },
  { path, auth: { method: 'jwt', role: 'r' } },
  { path, auth: { method: 'none', token } },
  { path, client: {} },
  { path, env: {} },
  { path, adress: 'https://vault.internal' },
  'text',
  undefined,
];

describeDefinition(vaultDefinition, vaultKeySource, {
  good,
  refused,
  defaults: { allowInsecure: false, allowedRedirects: [] },
  takeText: ['auth.roleId'],
});
