import type { SecretReference } from '@magic-hour-keys/core/node';

/** Where the credential belongs to one tenant. */
export interface AzureTenantOptions {
  /** The directory (tenant) id. */
  readonly tenantId: string;
  /** The application (client) id. */
  readonly clientId: string;
  /** Other tenants that the vault may ask a token of; `"*"` for any. Default none. */
  readonly additionallyAllowedTenants?: readonly string[] | undefined;
}

/**
 * How to log in to Azure.
 *
 * - `default`: the SDK's own chain: variables, workload identity, managed identity, the tools of a developer
 * - `managed-identity`: the identity of the machine, app or container; with an id, one that was assigned to it
 * - `workload-identity`: a token file, as AKS has it
 * - `client-secret`, `client-certificate`: an app registration, its secret by reference
 * - `azure-cli`: who is logged in with `az login`
 * - `environment`: `AZURE_TENANT_ID`, `AZURE_CLIENT_ID` and a secret or certificate beside them
 *
 * A method that is named never falls back to another one.
 */
export type AzureAuth =
  | DefaultAuth
  | ManagedIdentityAuth
  | WorkloadIdentityAuth
  | ClientSecretAuth
  | ClientCertificateAuth
  | AzureCliAuth
  | EnvironmentAuth;

export interface DefaultAuth {
  readonly method: 'default';
  readonly tenantId?: string | undefined;
  /** Of a managed or workload identity. Default `AZURE_CLIENT_ID`. */
  readonly clientId?: string | undefined;
  readonly additionallyAllowedTenants?: readonly string[] | undefined;
}

export interface ManagedIdentityAuth {
  readonly method: 'managed-identity';
  /** Of a user-assigned identity; at most one of the three. Default: the identity of the machine itself. */
  readonly clientId?: string | undefined;
  readonly resourceId?: string | undefined;
  readonly objectId?: string | undefined;
}

export interface WorkloadIdentityAuth {
  readonly method: 'workload-identity';
  /** Default `AZURE_TENANT_ID`. */
  readonly tenantId?: string | undefined;
  /** Default `AZURE_CLIENT_ID`. */
  readonly clientId?: string | undefined;
  readonly additionallyAllowedTenants?: readonly string[] | undefined;
  /** The file that holds the token; read anew for each login. Default `AZURE_FEDERATED_TOKEN_FILE`. */
  readonly tokenFile?: string | undefined;
}

export interface ClientSecretAuth extends AzureTenantOptions {
  readonly method: 'client-secret';
  readonly clientSecret: SecretReference;
}

export interface ClientCertificateAuth extends AzureTenantOptions {
  readonly method: 'client-certificate';
  /** The certificate with its private key, in PEM. */
  readonly certificate: SecretReference;
  readonly certificatePassword?: SecretReference | undefined;
  /** For app registrations that know the certificate by subject and issuer. */
  readonly sendCertificateChain?: boolean | undefined;
}

export interface AzureCliAuth {
  readonly method: 'azure-cli';
  readonly tenantId?: string | undefined;
  /** The name or id of a subscription. */
  readonly subscription?: string | undefined;
  readonly additionallyAllowedTenants?: readonly string[] | undefined;
}

export interface EnvironmentAuth {
  readonly method: 'environment';
  readonly additionallyAllowedTenants?: readonly string[] | undefined;
}

export const AUTH_METHODS: readonly AzureAuth['method'][] = [
  'default',
  'managed-identity',
  'workload-identity',
  'client-secret',
  'client-certificate',
  'azure-cli',
  'environment',
];

/** An id, or the name of a domain. The SDK puts it into a URL. */
export const TENANT: RegExp = /^[\w.-]{1,255}$/;
export const CLIENT_ID: RegExp = /^[\w-]{1,128}$/;
export const OBJECT_ID: RegExp = /^[\w-]{1,64}$/;
export const RESOURCE_ID: RegExp = /^\/[sS]ubscriptions\/[\w./()-]{1,1000}$/;
/** The SDK hands it to a shell, and refuses other characters. */
export const SUBSCRIPTION: RegExp = /^[\w. -]{1,128}$/;
export const ALLOWED_TENANT: RegExp = /^(?:\*|[\w.-]{1,255})$/;
