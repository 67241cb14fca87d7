import type { PutSecretValueCommandInput, SecretsManagerClientConfig } from '@aws-sdk/client-secrets-manager';
import { until } from './until.ts';

/** In the `User-Agent` of requests of this suite itself, which are no reads of a backend. */
export const ADMIN_AGENT = 'mhk-live-admin';

/** How long deletions and policies take to be seen everywhere, at most. */
const SETTLING_LIMIT_MS = 60_000;

export type StoredValue = string | Uint8Array;

/** Who asks: the identity of the run where nothing is given. */
export type AwsIdentity = SecretsManagerClientConfig['credentials'];

/** What this suite does to a Secrets Manager, through the official SDK. */
export interface AwsAdmin {
  /** Makes the secret if there is none. */
  put(secretId: string, value: StoredValue): Promise<void>;
  /** Without a way back. */
  remove(secretId: string): Promise<void>;
  /** Marks it for deletion in a week. */
  markForDeletion(secretId: string): Promise<void>;
  /** The name of what went wrong, or undefined where the secret was given. */
  tryRead(secretId: string, identity?: AwsIdentity): Promise<string | undefined>;
  /** When each version was stored, in milliseconds. */
  times(secretId: string): Promise<readonly number[]>;
  /** Forbids reading it to everybody, and waits until that is in force, or for `limitMs`. @returns whether it is */
  deny(secretId: string, limitMs?: number): Promise<boolean>;
  allow(secretId: string): Promise<void>;
  /** What logs in here, for searching errors. */
  credentials(): Promise<{ readonly secretAccessKey: string; readonly sessionToken?: string | undefined }>;
  close(): void;
}

const DENIAL = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Principal: '*', Action: 'secretsmanager:GetSecretValue', Resource: '*' }],
});

export async function openAwsAdmin(config: SecretsManagerClientConfig): Promise<AwsAdmin> {
  const sdk = await import('@aws-sdk/client-secrets-manager');
  const client = new sdk.SecretsManagerClient({ ...config, customUserAgent: ADMIN_AGENT });

  async function create(secretId: string, value: StoredValue): Promise<void> {
    const Tags = [{ Key: 'magic-hour-keys', Value: 'live-suite' }];
    const command = new sdk.CreateSecretCommand({ Name: secretId, ...fieldOf(value), Tags });
    // For a while after a deletion the name is taken still.
    await until(SETTLING_LIMIT_MS, async () => {
      const failure = await nameOfFailure(client.send(command));
      if (failure !== undefined && failure !== 'InvalidRequestException')
        throw new Error(`CreateSecret: ${failure}`);
      return failure === undefined;
    });
  }

  async function tryRead(secretId: string, identity?: AwsIdentity): Promise<string | undefined> {
    const command = new sdk.GetSecretValueCommand({ SecretId: secretId, VersionStage: 'AWSCURRENT' });
    if (identity === undefined) return nameOfFailure(client.send(command));
    const other = new sdk.SecretsManagerClient({
      ...config,
      credentials: identity,
      customUserAgent: ADMIN_AGENT,
    });
    return nameOfFailure(other.send(command)).finally(() => other.destroy());
  }

  return {
    async put(secretId, value) {
      const command = new sdk.PutSecretValueCommand({ SecretId: secretId, ...fieldOf(value) });
      const failure = await nameOfFailure(client.send(command));
      if (failure === 'ResourceNotFoundException' || failure === 'InvalidRequestException')
        await create(secretId, value);
      else if (failure !== undefined) throw new Error(`PutSecretValue: ${failure}`);
    },
    async remove(secretId) {
      const command = new sdk.DeleteSecretCommand({ SecretId: secretId, ForceDeleteWithoutRecovery: true });
      let failure = await nameOfFailure(client.send(command));
      if (failure === 'InvalidRequestException') {
        // It is marked for deletion, which not every server lets be brought forward.
        await client.send(new sdk.RestoreSecretCommand({ SecretId: secretId }));
        failure = await nameOfFailure(client.send(command));
      }
      if (failure !== undefined && failure !== 'ResourceNotFoundException') {
        throw new Error(`DeleteSecret: ${failure}`);
      }
      await until(SETTLING_LIMIT_MS, async () => (await tryRead(secretId)) === 'ResourceNotFoundException');
    },
    async markForDeletion(secretId) {
      await client.send(new sdk.DeleteSecretCommand({ SecretId: secretId, RecoveryWindowInDays: 7 }));
    },
    tryRead,
    async times(secretId) {
      const { Versions = [] } = await client.send(
        new sdk.ListSecretVersionIdsCommand({ SecretId: secretId, IncludeDeprecated: true }),
      );
      return Versions.map(({ CreatedDate }) => CreatedDate?.getTime() ?? NaN);
    },
    async deny(secretId, limitMs = SETTLING_LIMIT_MS) {
      await client.send(new sdk.PutResourcePolicyCommand({ SecretId: secretId, ResourcePolicy: DENIAL }));
      return until(limitMs, async () => (await tryRead(secretId)) === 'AccessDeniedException').catch(
        () => false,
      );
    },
    async allow(secretId) {
      await client.send(new sdk.DeleteResourcePolicyCommand({ SecretId: secretId }));
      await until(SETTLING_LIMIT_MS, async () => (await tryRead(secretId)) !== 'AccessDeniedException');
    },
    credentials: () => client.config.credentials(),
    close: () => client.destroy(),
  };
}

function fieldOf(value: StoredValue): Pick<PutSecretValueCommandInput, 'SecretString' | 'SecretBinary'> {
  return typeof value === 'string' ? { SecretString: value } : { SecretBinary: value };
}

/** The name alone: messages of the SDK may quote what was stored. */
async function nameOfFailure(sent: Promise<unknown>): Promise<string | undefined> {
  try {
    await sent;
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.name : 'unknown';
  }
}
