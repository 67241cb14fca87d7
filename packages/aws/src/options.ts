import type { RequiredPackage } from '@magic-hour-keys/core/author';
import type { AwsAuth } from './auth/auth-options.ts';
import { checkOptions } from './check-options.ts';
import { regionOf } from './secret-id.ts';

/** What is used of an SDK client: a `SecretsManagerClient` has it, and so has a wrapper that traces it. */
export interface AwsClient {
  /** @param options `{ abortSignal }`, to be handed on */
  send(command: never, options?: object): Promise<unknown>;
}

/** What `awsKeySource` takes. The JSON config knows all but `client`, `env` and `cwd`. */
export interface AwsOptions {
  /** The name or the ARN of the secret. An ARN's region is used. */
  readonly secretId: string;
  /** Default: the ARN's region, else `AWS_REGION`, else the region of the profile. */
  readonly region?: string | undefined;
  /** The staging label to read. Default `"AWSCURRENT"`. */
  readonly stage?: string | undefined;
  /** One version for ever, instead of a label. Then no rotation is noticed. */
  readonly versionId?: string | undefined;
  /** The member that holds the key, where the secret is a JSON object: `"apiKey"`, `"a.b"` or `"/a/b"`. */
  readonly field?: string | undefined;
  /** Default `{ method: 'default' }`: the SDK's own chain. */
  readonly auth?: AwsAuth | undefined;
  /** Another URL of the service, such as a VPC endpoint. https; http on loopback alone. */
  readonly endpoint?: string | undefined;
  /** Use the FIPS endpoint of the region. Default `AWS_USE_FIPS_ENDPOINT`. */
  readonly fips?: boolean | undefined;
  /**
   * A `SecretsManagerClient` of your own, with its own region and login. It is never closed here. Give it
   * `maxAttempts: 1`, because retries are made by the provider.
   */
  readonly client?: AwsClient | undefined;
  /** Stands for `process.env` where a secret is given as `{ env: NAME }`. Read anew for each login. */
  readonly env?: object | undefined;
  /** The folder that relative paths start from. Default the working directory at the time of the read. */
  readonly cwd?: string | undefined;
}

/** Which version of the secret is asked for. One of both, because both at once may contradict each other. */
export type AwsVersion = { readonly VersionStage: string } | { readonly VersionId: string };

export interface AwsSettings extends AwsOptions {
  readonly auth: AwsAuth;
  readonly version: AwsVersion;
  readonly location: string;
}

export const CLIENT_PACKAGE: RequiredPackage = { name: '@aws-sdk/client-secrets-manager', range: '^3.709.0' };
export const LOGIN_PACKAGE: RequiredPackage = {
  name: '@aws-sdk/credential-providers',
  range: '^3.709.0',
  optional: true,
};
export const CURRENT = 'AWSCURRENT';

/** Where these options look, such as `"prod/magic-hour in us-east-1"`. No I/O. */
export function describeLocation({ secretId, region, stage = CURRENT, versionId }: AwsOptions): string {
  const place = regionOf(secretId) === undefined && region !== undefined ? ` in ${region}` : '';
  const pinned = stage === CURRENT ? '' : `, ${stage}`;
  return `${secretId}${place}${versionId === undefined ? pinned : `, version ${versionId}`}`;
}

/**
 * Checks the options and fills in the defaults.
 *
 * @throws KeyError `invalid_config` for options that can't be meant, or that contradict each other.
 */
export function resolveOptions(options: AwsOptions): AwsSettings {
  checkOptions(options);
  const { secretId, stage = CURRENT, versionId, auth = { method: 'default' } } = options;
  return {
    ...options,
    auth,
    region: options.region ?? regionOf(secretId),
    version: versionId === undefined ? { VersionStage: stage } : { VersionId: versionId },
    location: describeLocation(options),
  };
}
