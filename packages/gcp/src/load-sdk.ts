import type { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import { optionalImport } from '@magic-hour-keys/core/author';
import { CLIENT_PACKAGE } from './options.ts';

/** What is used of an `AuthClient` of google-auth-library. */
export interface LoginClient {
  /** `Headers` in the versions that are supported. */
  getRequestHeaders(url?: string): Promise<unknown>;
}

/** What is used of a `GoogleAuth`; the SDK's client takes it as `auth`. */
export interface LoginFinder {
  getClient(): Promise<LoginClient>;
}

/** What is used of google-gax, the SDK's own ground, which carries gRPC and google-auth-library. */
export interface Gax {
  readonly GoogleAuth: new (options: object) => LoginFinder;
  readonly grpc: { readonly credentials: { createInsecure(): object } };
  readonly googleAuthLibrary: {
    readonly Impersonated: new (options: object) => LoginClient;
    readonly JWT: new (options: object) => LoginClient;
    readonly AwsClient: new (options: object) => LoginClient;
    readonly IdentityPoolClient: new (options: object) => LoginClient;
    readonly PluggableAuthClient: new (options: object) => LoginClient;
    readonly gcpMetadata: { getGCPResidency(): boolean };
  };
}

export interface Sdk {
  readonly SecretManagerServiceClient: new (options: object) => SecretManagerServiceClient;
  readonly gax: Gax;
}

/**
 * Loads the SDK, and with it the very copy of google-gax that it uses: gRPC takes no credentials that were made by
 * another copy, and a package manager that is strict lets nobody else see it. That is why it is looked for from where
 * the SDK is.
 *
 * @throws KeyError `invalid_config` with the install command, or the version of Node where that is the cause.
 */
export function loadSdk(location: string): Promise<Sdk> {
  return optionalImport(importBoth, CLIENT_PACKAGE, { source: 'gcp', location });
}

async function importBoth(): Promise<Sdk> {
  const { SecretManagerServiceClient: Client } = await import('@google-cloud/secret-manager');
  const { createRequire } = await import('node:module');
  // An application's CommonJS bundle has no `import.meta.url`, but a file name.
  const here = (import.meta.url as string | undefined) ?? __filename;
  const fromSdk = createRequire(createRequire(here).resolve(CLIENT_PACKAGE.name));
  return {
    SecretManagerServiceClient: Client as Sdk['SecretManagerServiceClient'],
    gax: fromSdk('google-gax') as Gax,
  };
}
