import { resolve } from 'node:path';
import type { DefaultAzureCredentialOptions, TokenCredential } from '@azure/identity';
import { isKeyError } from '@magic-hour-keys/core';
import { optionalImport } from '@magic-hour-keys/core/author';
import type { SecretReference } from '@magic-hour-keys/core/node';
import type { HttpClient } from '../http-client.ts';
import { LOGIN_PACKAGE, type AzureSettings } from '../options.ts';
import { authorityOf } from '../vault-url.ts';
import { createLoginFailure } from './login-failure.ts';
import type { AzureAuth, ClientCertificateAuth } from './auth-options.ts';

type Identity = typeof import('@azure/identity');
type Common = Pick<
  DefaultAzureCredentialOptions,
  | 'authorityHost'
  | 'disableInstanceDiscovery'
  | 'httpClient'
  | 'retryOptions'
  | 'redirectOptions'
  | 'additionallyAllowedTenants'
>;

/** A tool on this machine that never ends would keep the process alive. */
const TOOL_TIMEOUT_MS = 10_000;

/**
 * The package that logs in; undefined where a credential was handed in.
 *
 * @throws KeyError `invalid_config` where it is missing.
 */
export async function loadIdentity({ credential, location }: AzureSettings): Promise<Identity | undefined> {
  if (credential) return undefined;
  const where = { source: 'azure', location };
  return optionalImport(() => import('@azure/identity'), LOGIN_PACKAGE, where);
}

/**
 * The credential that was handed in, or that of the SDK for `auth`. Nothing is requested yet, except that a secret
 * given by reference is read.
 *
 * @throws KeyError `unauthenticated` where a secret is missing.
 */
export async function createCredential(
  identity: Identity | undefined,
  settings: AzureSettings,
  httpClient: HttpClient,
): Promise<TokenCredential> {
  const { credential } = settings;
  if (credential) return credential;
  if (!identity) throw createLoginFailure(undefined, undefined);
  try {
    return await createByMethod(identity, settings, commonOptions(settings, httpClient));
  } catch (raw) {
    // Some look for their variables as soon as they are made.
    throw isKeyError(raw) ? raw : createLoginFailure(raw, undefined);
  }
}

function commonOptions(settings: AzureSettings, httpClient: HttpClient): Common {
  const { vaultUrl, authorityHost, disableInstanceDiscovery, auth } = settings;
  const fromEnvironment = process.env['AZURE_AUTHORITY_HOST'];
  const host = authorityHost ?? (fromEnvironment ? undefined : authorityOf(vaultUrl));
  const tenants = 'additionallyAllowedTenants' in auth ? auth.additionallyAllowedTenants : undefined;
  return {
    httpClient,
    // A redirect could take the credential elsewhere; retries are core's.
    redirectOptions: { maxRetries: 0 },
    retryOptions: { maxRetries: 0 },
    ...(host !== undefined && { authorityHost: host.replace(/\/+$/, '') }),
    ...(disableInstanceDiscovery !== undefined && { disableInstanceDiscovery }),
    ...(tenants && { additionallyAllowedTenants: [...tenants] }),
  };
}

async function createByMethod(
  identity: Identity,
  settings: AzureSettings,
  common: Common,
): Promise<TokenCredential> {
  const { auth, cwd = '' } = settings;
  switch (auth.method) {
    case 'default':
      return new identity.DefaultAzureCredential(defaultOptions(auth, common));
    case 'managed-identity':
      return new identity.ManagedIdentityCredential({ ...common, ...identityOf(auth) });
    case 'workload-identity': {
      const { tenantId, clientId, tokenFile } = auth;
      return new identity.WorkloadIdentityCredential({
        ...common,
        ...(tenantId !== undefined && { tenantId }),
        ...(clientId !== undefined && { clientId }),
        ...(tokenFile !== undefined && { tokenFilePath: resolve(cwd, tokenFile) }),
      });
    }
    case 'client-secret': {
      const secret = await readSecret('auth.clientSecret', auth.clientSecret, settings);
      return new identity.ClientSecretCredential(auth.tenantId, auth.clientId, secret, common);
    }
    case 'client-certificate':
      return createWithCertificate(identity, auth, settings, common);
    case 'azure-cli': {
      const { tenantId, subscription } = auth;
      return new identity.AzureCliCredential({
        ...common,
        processTimeoutInMs: TOOL_TIMEOUT_MS,
        ...(tenantId !== undefined && { tenantId }),
        ...(subscription !== undefined && { subscription }),
      });
    }
    case 'environment':
      return new identity.EnvironmentCredential(common);
  }
}

function defaultOptions(
  { tenantId, clientId }: Extract<AzureAuth, { method: 'default' }>,
  common: Common,
): DefaultAzureCredentialOptions & { managedIdentityClientId?: string; workloadIdentityClientId?: string } {
  return {
    ...common,
    processTimeoutInMs: TOOL_TIMEOUT_MS,
    ...(tenantId !== undefined && { tenantId }),
    ...(clientId !== undefined && {
      managedIdentityClientId: clientId,
      workloadIdentityClientId: clientId,
    }),
  };
}

/** At most one of the three, which `checkOptions` has seen to. */
function identityOf({ clientId, resourceId, objectId }: Extract<AzureAuth, { method: 'managed-identity' }>): {
  clientId?: string;
} {
  return {
    ...(clientId !== undefined && { clientId }),
    ...(resourceId !== undefined && { resourceId }),
    ...(objectId !== undefined && { objectId }),
  };
}

async function createWithCertificate(
  identity: Identity,
  auth: ClientCertificateAuth,
  settings: AzureSettings,
  common: Common,
): Promise<TokenCredential> {
  const { tenantId, clientId, certificatePassword, sendCertificateChain } = auth;
  const certificate = await readSecret('auth.certificate', auth.certificate, settings);
  const password =
    certificatePassword && (await readSecret('auth.certificatePassword', certificatePassword, settings));
  return new identity.ClientCertificateCredential(
    tenantId,
    clientId,
    { certificate, ...(password !== undefined && { certificatePassword: password }) },
    { ...common, ...(sendCertificateChain !== undefined && { sendCertificateChain }) },
  );
}

async function readSecret(
  option: string,
  reference: SecretReference,
  { location, env, cwd }: AzureSettings,
): Promise<string> {
  const { readSecretReference } = await import('@magic-hour-keys/core/node');
  const where = { source: 'azure', location };
  return readSecretReference(reference, {
    option,
    env,
    cwd,
    where,
    missing: 'what to log in to Azure with is missing',
  });
}
