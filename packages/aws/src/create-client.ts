import type { SecretsManagerClient, SecretsManagerClientConfig } from '@aws-sdk/client-secrets-manager';
import { CHAIN_SETTINGS, containerSettings } from './auth/chain-settings.ts';
import type { AwsSettings } from './options.ts';
import { SILENT } from './silent-logger.ts';

type Credentials = SecretsManagerClientConfig['credentials'];
type Sdk = typeof import('@aws-sdk/client-secrets-manager');

/** A client of the SDK that neither retries nor writes to the console. No request is made. */
export function createClient(
  sdk: Sdk,
  settings: AwsSettings,
  credentials: Credentials | undefined,
): SecretsManagerClient {
  const { region, endpoint, fips, auth } = settings;
  const config: SecretsManagerClientConfig = {
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
    ...(fips !== undefined && { useFipsEndpoint: fips }),
    ...(credentials !== undefined && { credentials }),
    // For the profile's region.
    ...(auth.method === 'profile' && { profile: auth.profile }),
    // AWS_MAX_ATTEMPTS and AWS_RETRY_MODE would bring retries and pauses back.
    maxAttempts: 1,
    retryMode: 'standard',
    logger: SILENT,
    // Not the client's own, but handed on by it to its chain of logins.
    ...CHAIN_SETTINGS,
    ...containerSettings(),
  };
  return withoutVersionWarning(() => new sdk.SecretsManagerClient(config));
}

const SWITCH = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED';

/**
 * On a Node that a later SDK will leave behind, the first client of a process prints a warning. This variable is the
 * SDK's only switch for it, so it is set for as long as the client is made, which is one synchronous call. A library
 * writes nothing; and whoever set the variable, to anything, has decided otherwise.
 */
function withoutVersionWarning<Result>(create: () => Result): Result {
  const { env } = process;
  if (env[SWITCH] !== undefined) return create();
  env[SWITCH] = 'true';
  try {
    return create();
  } finally {
    delete env[SWITCH];
  }
}
