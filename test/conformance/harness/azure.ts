import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { azureKeySource } from '@magic-hour-keys/azure';
import type { BreakMode } from '@magic-hour-keys/testing/conformance';
import { startFakeAzure, type AzureFault } from '@magic-hour-keys/testing/fakes/azure';
import { inConfig, type ConfigurableHarness, type HarnessOptions } from './harness-options.ts';

const NAME = 'magic-hour';

/** Azure Key Vault behind an app registration, as the official SDK sees both: over TLS, with a CA of their own. */
export async function makeAzureHarness({ credential }: HarnessOptions = {}): Promise<ConfigurableHarness> {
  const azure = await startFakeAzure();
  const folder = await mkdtemp(join(tmpdir(), 'mhk-azure-'));
  const caFile = join(folder, 'ca.pem');
  await writeFile(caFile, azure.ca);
  const application = azure.createApplication(credential);
  const { clientId, clientSecret } = application;
  const options = {
    vaultUrl: azure.vaultUrl,
    name: NAME,
    caFile,
    authorityHost: azure.authorityHost,
    disableInstanceDiscovery: true,
    // The vault of this test is on no domain of Azure.
    disableChallengeResourceVerification: true,
    auth: { method: 'client-secret', tenantId: azure.tenantId, clientId, clientSecret: { env: 'SECRET' } },
    env: { SECRET: clientSecret },
  } as const;
  let stored = '';

  const faults: Readonly<Partial<Record<BreakMode, () => AzureFault>>> = {
    throttled: () => ({ status: 429, code: 'Throttled', retryAfterSeconds: 3 }),
    unavailable: () => ({ status: 503, code: 'ServiceUnavailable' }),
    malformed: () => ({ text: `{"value":${JSON.stringify(stored)},` }),
  };

  return {
    name: 'azure',
    ...inConfig('azure', options),
    source: (overrides) => azureKeySource({ ...options, ...overrides }),
    async put(value) {
      stored =
        typeof value === 'string' ? value : new TextDecoder('utf-8', { ignoreBOM: true }).decode(value);
      azure.secrets.purge(NAME);
      azure.secrets.put(NAME, stored);
    },
    remove: async () => void azure.secrets.delete(NAME),
    disable: async () => void azure.secrets.update(NAME, undefined, { enabled: false }),
    async break(mode) {
      const fault = faults[mode]?.();
      if (fault !== undefined) azure.fail(fault);
      else if (mode === 'denied') azure.deny();
      else if (mode === 'hang') azure.hold(({ operation }) => operation === 'GetSecret');
      else {
        application.clientSecret = 'another';
        azure.revokeTokens();
      }
    },
    async heal() {
      azure.heal();
      azure.allow();
      azure.release();
      application.clientSecret = clientSecret;
    },
    requestCount: () => azure.count('GetSecret'),
    get secrets() {
      return [clientSecret, ...azure.tokens];
    },
    fields: { whole: {}, field: (field) => ({ field }) },
    hostilePaths: ['../keys/x', '..', 'a/b', 'a%2Fb', 'a?b', 'a#b', ''].map((name) => ({ name })),
    retryAfterMs: 3000,
    unsupported: { 'bytes-not-text': 'Key Vault stores text, which has no bytes' },
    async close() {
      await azure.close();
      await rm(folder, { recursive: true });
    },
  };
}
