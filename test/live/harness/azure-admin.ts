import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { KeyVaultSecret, SecretClient, SecretClientOptions } from '@azure/keyvault-secrets';
import type { AzureCredential } from '@magic-hour-keys/azure';
import { until } from './until.ts';

/** In the `User-Agent` of requests of this suite itself, which are no reads of a backend. */
export const ADMIN_AGENT = 'mhk-live-admin';

/** A vault, and how this suite gets into it. */
export interface AzureServer {
  readonly vaultUrl: string;
  readonly caFile: string | undefined;
  /** Whether the name of the vault is none of Azure's, so that the SDK would send no token to it. */
  readonly isPrivate: boolean;
  /** Undefined for the default chain of `@azure/identity`. */
  readonly credential: AzureCredential | undefined;
}

/** What this suite does to a vault, through the official SDK. */
export interface AzureAdmin {
  /** The version of the interface that the vault knows; undefined for the SDK's own. */
  readonly apiVersion: string | undefined;
  /** Not in the second of the version before it: Key Vault's times count whole seconds. */
  put(name: string, value: string): Promise<void>;
  /** For good, where the vault and its rights allow it. */
  remove(name: string): Promise<void>;
  disable(name: string): Promise<void>;
  /** The status of a refusal, or undefined where the secret was given. */
  tryRead(name: string, credential: AzureCredential): Promise<number | undefined>;
}

/** Emulators and private clouds follow the public one slowly. Newest first. */
const API_VERSIONS = [undefined, '7.6', '7.5', '7.4', '7.3', '7.2'] as const;
const SETTLING_LIMIT_MS = 60_000;
const SECOND_MS = 1000;
const POLL_MS = 250;

/** @param probe a name that nobody uses, to find out with which interface the vault takes a secret */
export async function openAzureAdmin(server: AzureServer, probe: string): Promise<AzureAdmin> {
  const { SecretClient: Client } = await import('@azure/keyvault-secrets');
  const credential = server.credential ?? (await defaultCredential());
  const ca = server.caFile === undefined ? undefined : readFileSync(server.caFile, 'utf8');
  const connect = (apiVersion: string | undefined, as: AzureCredential): SecretClient => {
    const options: SecretClientOptions = {
      userAgentOptions: { userAgentPrefix: ADMIN_AGENT },
      disableChallengeResourceVerification: server.isPrivate,
      ...(server.vaultUrl.startsWith('http:') && { allowInsecureConnection: true }),
      ...(ca !== undefined && { tlsOptions: { ca } }),
      ...(apiVersion !== undefined && { serviceVersion: apiVersion as '7.6' }),
    };
    return new Client(server.vaultUrl, as, options);
  };
  const failures: string[] = [];
  for (const apiVersion of API_VERSIONS) {
    const client = connect(apiVersion, credential);
    const failure = await failureOf(client.setSecret(probe, 'a value'));
    if (failure === undefined) {
      const admin = administer(client, apiVersion, (other) => connect(apiVersion, other));
      await admin.remove(probe);
      return admin;
    }
    failures.push(`${apiVersion ?? 'the newest'}: ${failure.name} ${failure.status ?? ''}`);
  }
  throw new Error(`the vault takes no secret, in no version of its interface (${failures.join('; ')})`);
}

function administer(
  client: SecretClient,
  apiVersion: string | undefined,
  connectAs: (credential: AzureCredential) => SecretClient,
): AzureAdmin {
  const putAt = new Map<string, number>();

  async function recover(name: string): Promise<void> {
    const poller = await client.beginRecoverDeletedSecret(name, { intervalInMs: POLL_MS });
    await poller.pollUntilDone();
  }

  return {
    apiVersion,
    async put(name, value) {
      const waitMs = (putAt.get(name) ?? -Infinity) + SECOND_MS - performance.now();
      if (waitMs > 0) await pause(waitMs);
      const failure = await failureOf(client.setSecret(name, value));
      if (failure?.status === 409) {
        // What may not be purged must come back before the name can be used again.
        await recover(name);
        await client.setSecret(name, value);
      } else if (failure) throw new Error(`setSecret: ${failure.name} ${failure.status ?? ''}`);
      putAt.set(name, performance.now() + POLL_MS);
    },
    async remove(name) {
      const deleting = client.beginDeleteSecret(name, { intervalInMs: POLL_MS });
      const failure = await failureOf(deleting.then((poller) => poller.pollUntilDone()));
      if (failure && failure.status !== 404) throw new Error(`deleteSecret: ${failure.name}`);
      const purged = await failureOf(client.purgeDeletedSecret(name));
      // Not everybody may purge, and not every vault allows it.
      if (purged) return;
      await until(SETTLING_LIMIT_MS, async () => {
        const left = await failureOf(client.getDeletedSecret(name));
        return left?.status === 404;
      });
    },
    async disable(name) {
      const { properties }: KeyVaultSecret = await client.getSecret(name);
      await client.updateSecretProperties(name, properties.version ?? '', { enabled: false });
    },
    async tryRead(name, credential) {
      const failure = await failureOf(connectAs(credential).getSecret(name));
      return failure && (failure.status ?? 0);
    },
  };
}

/** Name and status alone: messages of the SDK may quote what was stored. */
async function failureOf(
  sent: Promise<unknown>,
): Promise<{ readonly name: string; readonly status: number | undefined } | undefined> {
  try {
    await sent;
    return undefined;
  } catch (error) {
    const status: unknown = Reflect.get(Object(error), 'statusCode');
    return {
      name: error instanceof Error ? error.name : 'unknown',
      status: typeof status === 'number' ? status : undefined,
    };
  }
}

async function defaultCredential(): Promise<AzureCredential> {
  const { DefaultAzureCredential } = await import('@azure/identity');
  return new DefaultAzureCredential();
}
