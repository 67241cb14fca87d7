import { expect, test } from 'vitest';
import { authorityOf, isPublicAuthority } from '../../../packages/azure/src/vault-url.ts';

test.each([
  ['https://my-vault.vault.azure.cn', 'https://login.chinacloudapi.cn'],
  ['https://my-vault.vault.usgovcloudapi.net:443/', 'https://login.microsoftonline.us'],
  ['https://my-vault.vault.azure.net', undefined],
  ['https://vault.azure.cn.example.com', undefined],
  ['https://127.0.0.1:8443', undefined],
])('the login for %s is at: %s', (vaultUrl, authorityHost) => {
  expect(authorityOf(vaultUrl)).toBe(authorityHost);
});

test.each([
  ['https://login.microsoftonline.com', true],
  ['https://login.microsoftonline.us/', true],
  ['https://login.chinacloudapi.cn', true],
  ['https://login.microsoftonline.com.example.com', false],
  ['https://adfs.internal', false],
])('%s has a certificate of the usual CAs: %s', (authorityHost, isPublic) => {
  expect(isPublicAuthority(authorityHost)).toBe(isPublic);
});
