import type { SecretClient } from '@azure/keyvault-secrets';
import type { KeyFailure } from '@magic-hour-keys/core';
import { optionalImport } from '@magic-hour-keys/core/author';
import { createCredential, loadIdentity } from './auth/create-credential.ts';
import { createTroubleLog } from './auth/login-trouble.ts';
import { keepTokens } from './auth/token-keeper.ts';
import { openConnections } from './connections.ts';
import { createHttpClient } from './http-client.ts';
import { CLIENT_PACKAGE, type AzureClient, type AzureSettings } from './options.ts';

/** One client of the SDK, with one login and connections of its own. */
export interface AzureSession {
  /** @param signal undefined for a client that was handed in */
  getSecret(version: string | undefined, signal: AbortSignal): Promise<unknown>;
  listVersions(signal: AbortSignal): Promise<readonly unknown[]>;
  /** Whether a request waits for a token, which the SDK has no way to abort. */
  isLoggingIn(): boolean;
  /** What a failure of the network means; undefined for other errors. */
  readonly networkFailure: (error: unknown) => KeyFailure | undefined;
  /** Ends the connections. A client that was handed in stays as it is. */
  end(): void;
}

/** More versions than anybody looks back at; a page has 25. */
const MOST_VERSIONS = 1000;

/** Loads the SDK and makes the client. No request is made. */
export async function openSession(settings: AzureSettings): Promise<AzureSession> {
  return settings.client ? useClient(settings.client, settings) : openClient(settings);
}

async function openClient(settings: AzureSettings): Promise<AzureSession> {
  const { name, vaultUrl, location, apiVersion, disableChallengeResourceVerification } = settings;
  const where = { source: 'azure', location };
  // Together, because each waits for hundreds of files.
  const [sdk, identity, { transportFailure }, connections] = await Promise.all([
    optionalImport(() => import('@azure/keyvault-secrets'), CLIENT_PACKAGE, where),
    loadIdentity(settings),
    import('@magic-hour-keys/core/node'),
    openConnections(settings),
  ]);
  const log = createTroubleLog();
  const countsLocal = settings.auth.method !== 'default';
  const { credential, isWaiting } = keepTokens({
    credential: await createCredential(identity, settings, createHttpClient(connections.toLogin, log.note)),
    begin: () => log.clear(),
    trouble: () => log.last(countsLocal),
  });
  const client: SecretClient = new sdk.SecretClient(vaultUrl, credential, {
    httpClient: createHttpClient(connections.toVault),
    retryOptions: { maxRetries: 0 },
    redirectOptions: { maxRetries: 0 },
    // The type names those that the SDK was tested with.
    ...(apiVersion !== undefined && { serviceVersion: apiVersion as '7.6' }),
    ...(disableChallengeResourceVerification !== undefined && { disableChallengeResourceVerification }),
  });
  return {
    getSecret: (version, abortSignal) =>
      client.getSecret(name, { abortSignal, ...(version !== undefined && { version }) }),
    listVersions: (abortSignal) => collect(client.listPropertiesOfSecretVersions(name, { abortSignal })),
    isLoggingIn: isWaiting,
    networkFailure: transportFailure,
    end: () => connections.close(),
  };
}

/** It may be used elsewhere, and by its nature one caller's abort fails every other's login: so it gets no signal. */
function useClient(client: AzureClient, { name }: AzureSettings): AzureSession {
  return {
    getSecret: async (version) => client.getSecret(name, version === undefined ? {} : { version }),
    listVersions: () => collect(client.listPropertiesOfSecretVersions(name)),
    isLoggingIn: () => false,
    networkFailure: () => undefined,
    end: () => undefined,
  };
}

async function collect(versions: AsyncIterable<unknown>): Promise<readonly unknown[]> {
  const found: unknown[] = [];
  for await (const version of versions) {
    found.push(version);
    if (found.length >= MOST_VERSIONS) break;
  }
  return found;
}
