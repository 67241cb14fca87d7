import { vaultKeySource } from '@magic-hour-keys/vault';
import { expect, test, vi } from 'vitest';

const env = { VAULT_ADDR: 'https://vault.test', VAULT_TOKEN: 't' };

// What is said about a package that is missing, too old or too new is tested where it is said: optionalImport.
test('a node-vault that does not load is named at the first read, and one that does is found at the next', async () => {
  const source = vaultKeySource({ path: 'secret/magic-hour', env });
  const read = (): Promise<unknown> =>
    source.read({ signal: new AbortController().signal, reason: 'initial' });
  vi.doMock('node-vault', () => {
    throw new Error('it is not here');
  });
  await expect(read()).rejects.toMatchObject({
    code: 'invalid_config',
    source: 'vault',
    message: expect.stringContaining('the package node-vault'),
  });
  vi.doMock('node-vault', () => ({
    default: () => ({ read: () => Promise.reject(new Error('it is here')) }),
  }));
  await expect(read()).rejects.toThrow('it is here');
});
