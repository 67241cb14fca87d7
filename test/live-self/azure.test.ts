import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startFakeAzure } from '@magic-hour-keys/testing/fakes/azure';
import { expect, onTestFinished, test } from 'vitest';
import { runLiveSuite } from './run-live-suite.ts';

test('the live suite passes against a good Key Vault with a private CA', { timeout: 300_000 }, async () => {
  const azure = await startFakeAzure();
  const folder = await mkdtemp(join(tmpdir(), 'mhk-azure-live-'));
  onTestFinished(async () => {
    await azure.close();
    await rm(folder, { recursive: true });
  });
  const caFile = join(folder, 'ca.pem');
  await writeFile(caFile, azure.ca);
  const { exitCode, output } = await runLiveSuite(
    {
      MHK_LIVE_AZURE_VAULT_URL: azure.vaultUrl,
      MHK_LIVE_AZURE_TOKEN: azure.issueToken(),
      MHK_LIVE_CA_FILE: caFile,
    },
    'test/live/azure.test.ts',
    // One of the three ways: it is a store that this is about.
    '--testNamePattern=the source itself',
  );
  expect(exitCode, output).toBe(0);
  expect(azure.count('GetSecret')).toBeGreaterThan(60);
  // It left nothing behind.
  expect(azure.count('PurgeDeletedSecret')).toBeGreaterThanOrEqual(azure.count('DeleteSecret'));
});
