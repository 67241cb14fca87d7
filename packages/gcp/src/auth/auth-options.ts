import type { SecretReference } from '@magic-hour-keys/core/node';

/** A service account to act as, with the credentials of the method. */
export interface GcpImpersonation {
  /** Its e-mail address, such as `"reader@my-project.iam.gserviceaccount.com"`. */
  readonly impersonate?: string | undefined;
}

/**
 * How to log in to Google.
 *
 * - `default`: Application Default Credentials: `GOOGLE_APPLICATION_CREDENTIALS`, gcloud's own file, metadata server
 * - `metadata`: the account that Google has given to the machine, pod or function
 * - `workload-identity`: a configuration file of workload identity federation, for what runs outside of Google
 * - `service-account`: the key of a service account, by reference
 * - `none`: no login, for an emulator on this machine
 *
 * A method that is named never falls back to another one.
 */
export type GcpAuth =
  | ({ readonly method: 'default' | 'metadata' } & GcpImpersonation)
  | WorkloadIdentityAuth
  | ServiceAccountAuth
  | { readonly method: 'none' };

export interface WorkloadIdentityAuth extends GcpImpersonation {
  readonly method: 'workload-identity';
  /** The file that `gcloud iam workload-identity-pools create-cred-config` wrote. Read anew for each login. */
  readonly credentialFile: string;
}

export interface ServiceAccountAuth extends GcpImpersonation {
  readonly method: 'service-account';
  /** Where the JSON of the key is. */
  readonly key: SecretReference;
}

export const AUTH_METHODS: readonly GcpAuth['method'][] = [
  'default',
  'metadata',
  'workload-identity',
  'service-account',
  'none',
];
export const ACCOUNT: RegExp = /^[a-z0-9][a-z0-9.-]{0,126}@[a-z0-9.-]{1,190}\.gserviceaccount\.com$/;

/** The account to act as, where the method knows one. */
export function impersonated(auth: GcpAuth): string | undefined {
  return auth.method === 'none' ? undefined : auth.impersonate;
}
