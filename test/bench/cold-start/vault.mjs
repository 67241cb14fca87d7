import { makeTestKey } from '@magic-hour-keys/testing';
import { startFakeVault } from '@magic-hour-keys/testing/fakes/vault';
import { coldStartOf, READ_OURS } from './store-scenario.mjs';

export const coldStartVault = coldStartOf({
  name: 'vault',
  title: 'Vault',
  sdk: ['node-vault'],
  pairs: [
    {
      what: 'Vault, KV 2, token',
      raw: [
        `import createVault from 'node-vault';`,
        `const vault = createVault({ endpoint: process.env.VAULT_ADDR, token: process.env.VAULT_TOKEN });`,
        `const { data } = await vault.read('secret/data/magic-hour');`,
        `const headers = { authorization: 'Bearer ' + data.data.api_key };`,
      ],
      ours: [
        `import { vaultKeyProvider } from '@magic-hour-keys/vault';`,
        `const provider = vaultKeyProvider({ path: 'secret/magic-hour', field: 'api_key', kvVersion: 2 });`,
        READ_OURS,
      ],
    },
  ],
  async start(folder) {
    const vault = await startFakeVault();
    vault.enableKv('secret', 2);
    vault.writePolicy('reader', [{ path: 'secret/data/magic-hour', capabilities: ['read'] }]);
    vault.writeSecret('secret/magic-hour', { api_key: makeTestKey() });
    const VAULT_TOKEN = vault.createToken({ policies: ['reader'] });
    const variables = { HOME: folder, VAULT_ADDR: vault.origin, VAULT_TOKEN };
    return {
      lines: [`Object.assign(process.env, ${JSON.stringify(variables)});`],
      close: () => vault.close(),
    };
  },
});
