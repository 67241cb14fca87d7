import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { azureKeySource, type AzureOptions } from '@magic-hour-keys/azure';
import type { KeySource } from '@magic-hour-keys/core';
import {
  startFakeAzure,
  type FakeApplication,
  type FakeAzure,
  type FakeAzureOptions,
} from '@magic-hour-keys/testing/fakes/azure';
import { afterEach, beforeEach, vi } from 'vitest';
import { NEVER } from '../store-reads.ts';

export const NAME = 'magic-hour';

export interface AzureWorld {
  readonly azure: FakeAzure;
  /** The one whose secret is in the variable SECRET. */
  readonly application: FakeApplication;
  /** In PEM, of vault and authority. */
  readonly caFile: string;
  /** Logs in by client secret, unless told otherwise. Closed after the test. */
  source(options?: Partial<AzureOptions>): KeySource;
  /** What every source of this world gets, but for the login. */
  readonly place: AzureOptions;
  /** Credentials and tokens that nothing may show. */
  secrets(): readonly string[];
  /** Writes a file into a folder that is removed after the test, and gives its path. */
  write(name: string, text: string): Promise<string>;
}

/** A tenant of Azure for each test, and an environment that holds nothing of Azure. */
export function useAzure(options?: FakeAzureOptions): AzureWorld {
  let azure: FakeAzure;
  let application: FakeApplication;
  let folder: string;
  let clientSecret: string;
  const sources: KeySource[] = [];

  beforeEach(async () => {
    azure = await startFakeAzure(options);
    application = azure.createApplication();
    ({ clientSecret } = application);
    folder = await mkdtemp(join(tmpdir(), 'mhk-azure-'));
    await writeFile(join(folder, 'ca.pem'), azure.ca);
    clearAzureVariables(folder);
  });
  afterEach(async () => {
    await Promise.all(sources.splice(0).map(async (source) => source.close?.()));
    await azure.close();
    await rm(folder, { recursive: true });
  });

  const world: AzureWorld = {
    get azure() {
      return azure;
    },
    get application() {
      return application;
    },
    get caFile() {
      return join(folder, 'ca.pem');
    },
    get place() {
      return {
        vaultUrl: azure.vaultUrl,
        name: NAME,
        caFile: world.caFile,
        disableChallengeResourceVerification: true,
      };
    },
    source(given = {}) {
      const { clientId } = application;
      const isOwnLogin = given.credential !== undefined || given.client !== undefined;
      const login: Partial<AzureOptions> = {
        authorityHost: azure.authorityHost,
        disableInstanceDiscovery: true,
        auth: {
          method: 'client-secret',
          tenantId: azure.tenantId,
          clientId,
          clientSecret: { env: 'SECRET' },
        },
        env: { SECRET: clientSecret },
      };
      const where = given.client === undefined ? world.place : { name: NAME };
      const source = azureKeySource({ ...where, ...(!isOwnLogin && login), ...given });
      sources.push(source);
      return source;
    },
    secrets: () => [clientSecret, ...azure.tokens],
    async write(name, text) {
      const path = join(folder, name);
      await writeFile(path, text, { mode: 0o600 });
      return path;
    },
  };
  return world;
}

/** Nothing of the machine that runs the tests may answer: no variable, no tool, no metadata service. */
function clearAzureVariables(folder: string): void {
  for (const name of Object.keys(process.env)) {
    if (/^(?:AZURE_|MSI_|IDENTITY_|IMDS_)/.test(name)) vi.stubEnv(name, undefined);
  }
  // Where the tools of a developer would be looked for.
  vi.stubEnv('PATH', folder);
  vi.stubEnv('HOME', folder);
}

export function readPrevious(source: KeySource): Promise<unknown> {
  return Promise.resolve(source.readPrevious?.({ signal: NEVER, reason: 'probe' }));
}
