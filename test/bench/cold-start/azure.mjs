import { makeTestKey } from '@magic-hour-keys/testing';
import { startFakeAzure } from '@magic-hour-keys/testing/fakes/azure';
import { coldStartOf, READ_OURS } from './store-scenario.mjs';

const NAME = 'magic-hour';
const CREDENTIAL = `const credential = { getToken: async () => ({ token: TOKEN, expiresOnTimestamp: Infinity }) };`;
const READ_RAW = `
const insecure = { allowInsecureConnection: true, disableChallengeResourceVerification: true };
const client = new SecretClient(VAULT_URL, credential, insecure);
const headers = { authorization: 'Bearer ' + (await client.getSecret('${NAME}')).value };`;
const PLACE = `vaultUrl: VAULT_URL, name: '${NAME}', disableChallengeResourceVerification: true`;

export const coldStartAzure = coldStartOf({
  name: 'azure',
  title: 'Azure Key Vault',
  sdk: ['@azure/identity', '@azure/keyvault-secrets'],
  pairs: [
    {
      what: 'Azure, a token at hand',
      raw: [`import { SecretClient } from '@azure/keyvault-secrets';`, CREDENTIAL, READ_RAW],
      ours: [
        `import { azureKeyProvider } from '@magic-hour-keys/azure';`,
        CREDENTIAL,
        `const provider = azureKeyProvider({ ${PLACE}, credential });`,
        READ_OURS,
      ],
    },
    {
      what: 'Azure, managed identity',
      raw: [
        `import { ManagedIdentityCredential } from '@azure/identity';`,
        `import { SecretClient } from '@azure/keyvault-secrets';`,
        `const credential = new ManagedIdentityCredential();`,
        READ_RAW,
      ],
      ours: [
        `import { azureKeyProvider } from '@magic-hour-keys/azure';`,
        `const provider = azureKeyProvider({ ${PLACE}, auth: { method: 'managed-identity' } });`,
        READ_OURS,
      ],
    },
  ],
  async start() {
    const azure = await startFakeAzure({ isPlain: true });
    azure.secrets.put(NAME, makeTestKey());
    const lines = [
      `process.env.AZURE_POD_IDENTITY_AUTHORITY_HOST = '${azure.metadataOrigin}';`,
      `const VAULT_URL = '${azure.vaultUrl}', TOKEN = '${azure.issueToken()}';`,
    ];
    return { lines, close: () => azure.close() };
  },
});
