import type { RequiredPackage } from '@magic-hour-keys/core/author';
import type { AzureAuth } from './auth/auth-options.ts';
import { checkOptions } from './check-options.ts';

/** What is used of an SDK client: a `SecretClient` has it, and so has a wrapper that traces it. */
export interface AzureClient {
  readonly vaultUrl: string;
  getSecret(name: string, options?: { readonly version?: string }): Promise<unknown>;
  listPropertiesOfSecretVersions(name: string): AsyncIterable<unknown>;
}

/** What is used of a credential: every `TokenCredential` of `@azure/identity` has it. */
export interface AzureCredential {
  /** @param options of the SDK, such as `tenantId` and `claims`, to be handed on */
  getToken(
    scopes: string | string[],
    options?: never,
  ): Promise<{ readonly token: string; readonly expiresOnTimestamp: number } | null>;
}

/** What `azureKeySource` takes. The JSON config knows all but `credential`, `client`, `env` and `cwd`. */
export interface AzureOptions {
  /** Such as `"https://my-vault.vault.azure.net"`. Required, unless a client is given. */
  readonly vaultUrl?: string | undefined;
  /** The name of the secret. */
  readonly name: string;
  /** One version for ever, of 32 hexadecimal digits. Then no rotation is noticed. Default: the newest. */
  readonly version?: string | undefined;
  /** The member that holds the key, where the secret is a JSON object: `"apiKey"`, `"a.b"` or `"/a/b"`. */
  readonly field?: string | undefined;
  /** Default `{ method: 'default' }`: the SDK's own chain. */
  readonly auth?: AzureAuth | undefined;
  /** Where to log in. Default `AZURE_AUTHORITY_HOST`, else that of the vault's cloud. */
  readonly authorityHost?: string | undefined;
  /** For authorities that the public cloud does not know, such as Azure Stack. Default false. */
  readonly disableInstanceDiscovery?: boolean | undefined;
  /**
   * Send a token to a vault whose host is not below the one that it says the token is for. Only for emulators and
   * for private DNS names. Default false.
   */
  readonly disableChallengeResourceVerification?: boolean | undefined;
  /** The version of Key Vault's interface, such as `"7.4"`, for emulators and private clouds. Default the SDK's. */
  readonly apiVersion?: string | undefined;
  /** A file in PEM with the CA of the vault's certificate, and of an authority of your own. Default: the usual CAs. */
  readonly caFile?: string | undefined;
  /** Any `TokenCredential`, in the place of `auth`. Then `@azure/identity` is not needed. */
  readonly credential?: AzureCredential | undefined;
  /** A `SecretClient` of your own. Give it `retryOptions: { maxRetries: 0 }`, because the provider retries. */
  readonly client?: AzureClient | undefined;
  /** Stands for `process.env` where a secret is given as `{ env: NAME }`. Read anew for each login. */
  readonly env?: object | undefined;
  /** The folder that relative paths start from. Default the working directory at the time of the read. */
  readonly cwd?: string | undefined;
}

export interface AzureSettings extends AzureOptions {
  readonly vaultUrl: string;
  readonly auth: AzureAuth;
  readonly location: string;
}

export const CLIENT_PACKAGE: RequiredPackage = { name: '@azure/keyvault-secrets', range: '^4.9.0' };
export const LOGIN_PACKAGE: RequiredPackage = { name: '@azure/identity', range: '^4.5.0', optional: true };

/** Where these options look, such as `"https://my-vault.vault.azure.net/secrets/magic-hour"`. No I/O. */
export function describeLocation({ vaultUrl, client, name, version }: AzureOptions): string {
  const vault = (vaultUrl ?? client?.vaultUrl ?? '').replace(/\/+$/, '');
  return `${vault}/secrets/${name}${version === undefined ? '' : `/${version}`}`;
}

/**
 * Checks the options and fills in the defaults.
 *
 * @throws KeyError `invalid_config` for options that can't be meant, or that contradict each other.
 */
export function resolveOptions(options: AzureOptions): AzureSettings {
  checkOptions(options);
  return {
    ...options,
    vaultUrl: (options.vaultUrl ?? options.client?.vaultUrl ?? '').replace(/\/+$/, ''),
    auth: options.auth ?? { method: 'default' },
    location: describeLocation(options),
  };
}
