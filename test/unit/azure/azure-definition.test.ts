import { azureKeySource, type AzureOptions } from '@magic-hour-keys/azure';
import { azureDefinition } from '@magic-hour-keys/azure/definition';
import { describeDefinition } from '../backends/describe-definition.ts';

const vaultUrl = 'https://my-vault.vault.azure.net';
const place = { vaultUrl, name: 'magic-hour' };
const application = { tenantId: 'contoso.example', clientId: '00000000-1111-2222-3333-444444444444' };
const clientSecret = { env: 'SECRET' };

const good: readonly AzureOptions[] = [
  place,
  { ...place, version: 'a'.repeat(32), field: 'apiKey', caFile: '/etc/ca.pem', apiVersion: '7.4' },
  { vaultUrl: 'https://v.vault.usgovcloudapi.net/', name: 'a', apiVersion: '2025-07-01' },
  { ...place, authorityHost: 'https://login.microsoftonline.us', disableInstanceDiscovery: true },
  { vaultUrl: 'http://127.0.0.1:8443', name: 'a', disableChallengeResourceVerification: true },
  { vaultUrl: 'https://[::1]:8443', name: 'a' },
  { ...place, auth: { method: 'default' } },
  { ...place, auth: { method: 'default', ...application, additionallyAllowedTenants: ['*'] } },
  { ...place, auth: { method: 'managed-identity' } },
  { ...place, auth: { method: 'managed-identity', clientId: application.clientId } },
  { ...place, auth: { method: 'managed-identity', resourceId: '/subscriptions/a/resourcegroups/b' } },
  { ...place, auth: { method: 'workload-identity', tokenFile: '/var/run/token', ...application } },
  { ...place, auth: { method: 'client-secret', ...application, clientSecret } },
  {
    ...place,
    auth: {
      method: 'client-certificate',
      ...application,
      certificate: { file: '/run/certificate.pem' },
      certificatePassword: { env: 'PASSWORD' },
      sendCertificateChain: true,
    },
  },
  { ...place, auth: { method: 'azure-cli', subscription: 'Video team' } },
  { ...place, auth: { method: 'environment' } },
];
const refused = [
  {},
  { vaultUrl },
  { name: 'magic-hour' },
  { ...place, name: '../keys/x' },
  { ...place, name: 'a_b' },
  { ...place, vaultUrl: 'http://my-vault.vault.azure.net' },
  { ...place, vaultUrl: 'https://my-vault.vault.azure.net/secrets/x' },
  { ...place, vaultUrl: 'https://user:password@my-vault.vault.azure.net' },
  { ...place, version: '1' },
  { ...place, authorityHost: 'http://login.microsoftonline.us' },
  { ...place, apiVersion: 'newest' },
  { ...place, disableInstanceDiscovery: 'yes' },
  { ...place, vaulturl: 'x' },
  { ...place, client: {} },
  { ...place, credential: {} },
  { ...place, cwd: '/' },
  { ...place, auth: {} },
  { ...place, auth: { method: 'client-secret', ...application } },
  { ...place, auth: { method: 'client-secret', ...application, clientSecret: 'text' } },
  { ...place, auth: { method: 'client-secret', clientId: 'a', clientSecret } },
  { ...place, auth: { method: 'client-certificate', ...application, certificate: { env: '' } } },
  { ...place, auth: { method: 'managed-identity', tenantId: 'a' } },
  { ...place, auth: { method: 'managed-identity', resourceId: 'a' } },
  { ...place, auth: { method: 'azure-cli', subscription: '$(id)' } },
  { ...place, auth: { method: 'default', additionallyAllowedTenants: '*' } },
  'text',
  undefined,
];

describeDefinition(azureDefinition, azureKeySource, { good, refused });
