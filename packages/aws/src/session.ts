import type { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { KeyError } from '@magic-hour-keys/core';
import { countRequests, optionalImport, untilAborted } from '@magic-hour-keys/core/author';
import { createCredentials } from './auth/credentials.ts';
import { isClockCorrected } from './classify.ts';
import { createClient } from './create-client.ts';
import { CLIENT_PACKAGE, type AwsClient, type AwsSettings } from './options.ts';
import { regionOf } from './secret-id.ts';

export type Sdk = typeof import('@aws-sdk/client-secrets-manager');

/** One client of the SDK, with one login. */
export interface AwsSession {
  readonly sdk: Sdk;
  /** Finds region and credentials, at once when they are known already. The SDK has no way to abort it. */
  logIn(): Promise<void>;
  readonly send: (command: GetSecretValueCommand, signal: AbortSignal) => Promise<unknown>;
  /** Closes the connections, as soon as no request is under way. A client that was handed in stays open. */
  end(): void;
}

/** Loads the SDK and makes the client. No request is made. */
export async function openSession(settings: AwsSettings): Promise<AwsSession> {
  const sdk = await loadSdk(settings);
  if (settings.client) return useClient(sdk, settings.client, settings);
  const client = createClient(sdk, settings, await createCredentials(settings));
  const requests = countRequests(() => client.destroy());
  return {
    sdk,
    async logIn() {
      await findRegion(client, settings);
      await client.config.credentials();
    },
    send: (command, signal) => requests.count(sendOnce(client, command, signal)),
    end: () => requests.end(),
  };
}

function loadSdk({ location }: AwsSettings): Promise<Sdk> {
  return optionalImport(() => import('@aws-sdk/client-secrets-manager'), CLIENT_PACKAGE, {
    source: 'aws',
    location,
  });
}

function useClient(sdk: Sdk, client: AwsClient, settings: AwsSettings): AwsSession {
  const ours = client as SecretsManagerClient;
  return {
    sdk,
    logIn: () => compareRegion(ours, settings),
    send: (command, signal) => sendOnce(ours, command, signal),
    end: () => undefined,
  };
}

/** Sent again only where the SDK has just corrected its clock, which it would have done by itself were its retries on. */
async function sendOnce(
  client: SecretsManagerClient,
  command: GetSecretValueCommand,
  signal: AbortSignal,
): Promise<unknown> {
  const send = (): Promise<unknown> => untilAborted(client.send(command, { abortSignal: signal }), signal);
  try {
    return await send();
  } catch (raw) {
    if (!isClockCorrected(raw)) throw raw;
    return send();
  }
}

async function findRegion(client: SecretsManagerClient, { location }: AwsSettings): Promise<string> {
  try {
    return await client.config.region();
  } catch {
    throw new KeyError({
      code: 'invalid_config',
      source: 'aws',
      location,
      message: 'no AWS region is set, or it is not the name of one',
      hint: 'Set the option `region`, or AWS_REGION (AWS_DEFAULT_REGION is for the command line alone), or a region in the profile.',
    });
  }
}

/** The SDK sends the ARN of any region to its own, where the answer is that there is no such secret (measured). */
async function compareRegion(client: SecretsManagerClient, settings: AwsSettings): Promise<void> {
  const { secretId, location } = settings;
  const wanted = regionOf(secretId);
  // Only send() is asked of a client, so that a wrapper around one will do.
  const config = (client as Partial<SecretsManagerClient>).config;
  if (wanted === undefined || config === undefined) return;
  const region = await findRegion(client, settings);
  if (region === wanted) return;
  throw new KeyError({
    code: 'invalid_config',
    source: 'aws',
    location,
    message: `the client is made for ${region}, while the ARN says ${wanted}`,
    hint: `Make the client with the region ${wanted}.`,
  });
}
