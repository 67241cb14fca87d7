import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SecretsManagerClient, type SecretsManagerClientConfig } from '@aws-sdk/client-secrets-manager';
import { awsKeySource, type AwsOptions } from '@magic-hour-keys/aws';
import type { KeySource } from '@magic-hour-keys/core';
import {
  startFakeAws,
  type FakeAccessKey,
  type FakeAws,
  type FakeAwsOptions,
} from '@magic-hour-keys/testing/fakes/aws';
import { afterEach, beforeEach, vi } from 'vitest';

export const NAME = 'prod/magic-hour';

export interface AwsWorld {
  readonly aws: FakeAws;
  /** The one whose parts are in the environment. */
  readonly accessKey: FakeAccessKey;
  /** Closed after the test. */
  source(options?: Partial<AwsOptions>): KeySource;
  /** Writes a file into a folder that is removed after the test, and gives its path. */
  write(name: string, text: string): Promise<string>;
}

/** An account of AWS for each test, and an environment that holds nothing but an access key for it. */
export function useAws(options?: FakeAwsOptions): AwsWorld {
  let aws: FakeAws;
  let accessKey: FakeAccessKey;
  let folder: string;
  const sources: KeySource[] = [];

  beforeEach(async () => {
    aws = await startFakeAws(options);
    accessKey = aws.createAccessKey();
    folder = await mkdtemp(join(tmpdir(), 'mhk-aws-'));
    clearAwsVariables(folder);
    vi.stubEnv('AWS_REGION', 'us-east-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', accessKey.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', accessKey.secretAccessKey);
  });
  afterEach(async () => {
    await Promise.all(sources.splice(0).map(async (source) => source.close?.()));
    await aws.close();
    await rm(folder, { recursive: true });
  });

  return {
    get aws() {
      return aws;
    },
    get accessKey() {
      return accessKey;
    },
    source(given) {
      const source = awsKeySource({ secretId: NAME, endpoint: aws.origin, ...given });
      sources.push(source);
      return source;
    },
    async write(name, text) {
      const path = join(folder, name);
      await writeFile(path, text, { mode: 0o600 });
      return path;
    },
  };
}

/** Nothing of the machine that runs the tests may answer: no variable, no file, no metadata service. */
function clearAwsVariables(folder: string): void {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'credentials'));
  vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'));
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
}

/** For tests of the login: the key that was in the environment is taken out of it. */
export function clearAccessKey(): void {
  vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined);
}

/** What `aws configure` writes. */
export function writeCredentials(
  { write }: AwsWorld,
  profile: string,
  { accessKeyId, secretAccessKey }: FakeAccessKey,
): Promise<string> {
  const parts = [`aws_access_key_id = ${accessKeyId}`, `aws_secret_access_key = ${secretAccessKey}`];
  return write('credentials', `[${profile}]\n${parts.join('\n')}\n`);
}

/** The SDK as an application uses it. What it says of the version of Node is of no interest here. */
export function createSdkClient(
  { aws }: AwsWorld,
  config: SecretsManagerClientConfig = {},
): SecretsManagerClient {
  vi.stubEnv('AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED', 'true');
  return new SecretsManagerClient({ endpoint: aws.origin, region: 'us-east-1', maxAttempts: 1, ...config });
}
