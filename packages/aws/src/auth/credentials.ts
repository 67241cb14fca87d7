import { resolve } from 'node:path';
import type { SecretsManagerClientConfig } from '@aws-sdk/client-secrets-manager';
import { optionalImport } from '@magic-hour-keys/core/author';
import type { SecretReference } from '@magic-hour-keys/core/node';
import { LOGIN_PACKAGE, type AwsSettings } from '../options.ts';
import { SILENT } from '../silent-logger.ts';
import { DEFAULT_SESSION_NAME, type AwsRoleOptions, type StaticAuth } from './auth-options.ts';
import { CHAIN_SETTINGS, containerSettings } from './chain-settings.ts';

type Credentials = NonNullable<SecretsManagerClientConfig['credentials']>;
type CredentialProviders = typeof import('@aws-sdk/credential-providers');

/**
 * What to hand to the SDK's client as `credentials`; undefined for its own chain. Nothing is requested yet, except
 * that the parts of a static access key are read.
 *
 * @throws KeyError `invalid_config` where a package is missing, `unauthenticated` where a part of a static key is.
 */
export async function createCredentials(settings: AwsSettings): Promise<Credentials | undefined> {
  const { auth } = settings;
  if (auth.method === 'web-identity' || auth.roleArn === undefined) return createBase(settings);
  return assumeRole(auth, await createBase(settings), settings);
}

async function createBase(settings: AwsSettings): Promise<Credentials | undefined> {
  const { auth, cwd = '' } = settings;
  switch (auth.method) {
    case 'default':
      return undefined;
    case 'static':
      return readStatic(auth, settings);
    case 'profile': {
      const { fromIni } = await loadProviders(settings);
      return fromIni({ ...common(settings), ...CHAIN_SETTINGS, profile: auth.profile });
    }
    case 'web-identity': {
      const { fromTokenFile } = await loadProviders(settings);
      const { roleArn, tokenFile, sessionName } = auth;
      return fromTokenFile({
        ...common(settings),
        ...(roleArn !== undefined && { roleArn }),
        ...(tokenFile !== undefined && { webIdentityTokenFile: resolve(cwd, tokenFile) }),
        roleSessionName: sessionName ?? process.env['AWS_ROLE_SESSION_NAME'] ?? DEFAULT_SESSION_NAME,
      });
    }
    case 'container': {
      const { fromHttp } = await loadProviders(settings);
      return fromHttp({ logger: SILENT, ...containerSettings() });
    }
    case 'instance': {
      const { fromInstanceMetadata } = await loadProviders(settings);
      return fromInstanceMetadata({ logger: SILENT });
    }
  }
}

async function assumeRole(
  { roleArn = '', externalId, sessionName = DEFAULT_SESSION_NAME }: AwsRoleOptions,
  base: Credentials | undefined,
  settings: AwsSettings,
): Promise<Credentials> {
  const { fromNodeProviderChain, fromTemporaryCredentials } = await loadProviders(settings);
  return fromTemporaryCredentials({
    ...common(settings),
    masterCredentials:
      base ?? fromNodeProviderChain({ ...common(settings), ...CHAIN_SETTINGS, ...containerSettings() }),
    params: {
      RoleArn: roleArn,
      RoleSessionName: sessionName,
      ...(externalId !== undefined && { ExternalId: externalId }),
    },
  });
}

async function readStatic(auth: StaticAuth, settings: AwsSettings): Promise<Credentials> {
  // Loaded here, because few log in this way.
  const { readSecretReference } = await import('@magic-hour-keys/core/node');
  const { location, env, cwd } = settings;
  const read = (part: 'accessKeyId' | 'secretAccessKey' | 'sessionToken', reference: SecretReference) =>
    readSecretReference(reference, {
      option: `auth.${part}`,
      where: { source: 'aws', location },
      missing: 'a part of the AWS access key is missing',
      env,
      cwd,
    });
  const [accessKeyId, secretAccessKey, sessionToken] = await Promise.all([
    read('accessKeyId', auth.accessKeyId),
    read('secretAccessKey', auth.secretAccessKey),
    auth.sessionToken && read('sessionToken', auth.sessionToken),
  ]);
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
}

/** For the requests to STS: its own retries off, as everywhere, because core retries. */
function common({ region, fips }: AwsSettings): {
  readonly logger: typeof SILENT;
  readonly clientConfig: object;
} {
  return {
    logger: SILENT,
    clientConfig: {
      ...(region !== undefined && { region }),
      ...(fips !== undefined && { useFipsEndpoint: fips }),
      logger: SILENT,
      maxAttempts: 1,
    },
  };
}

function loadProviders({ location }: AwsSettings): Promise<CredentialProviders> {
  return optionalImport(() => import('@aws-sdk/credential-providers'), LOGIN_PACKAGE, {
    source: 'aws',
    location,
  });
}
