import type { SecretReference } from '@magic-hour-keys/core/node';

/** A role to take on with the credentials of the method, through STS. */
export interface AwsRoleOptions {
  /** The role's ARN, such as `"arn:aws:iam::123456789012:role/video-worker"`. */
  readonly roleArn?: string | undefined;
  /** The external id that the role's trust policy asks for. Not a secret, says AWS. */
  readonly externalId?: string | undefined;
  /** The name of the session in CloudTrail. Default `"magic-hour-keys"`. */
  readonly sessionName?: string | undefined;
}

/**
 * How to log in to AWS.
 *
 * - `default`: the SDK's own chain: variables, SSO, profile, process, web identity, container, instance
 * - `profile`: that profile alone, whatever kind it is
 * - `web-identity`: a token file for a role, as EKS and CI systems have it
 * - `container`: the endpoint that ECS tasks and EKS pods have
 * - `instance`: the metadata service of EC2
 * - `static`: an access key, each part by reference
 *
 * All but `default` and `static`, and any `roleArn`, need the package `@aws-sdk/credential-providers`. A method never
 * falls back to another one: a missing profile must not become the rights of the machine.
 */
export type AwsAuth =
  | ({ readonly method: 'default' | 'container' | 'instance' } & AwsRoleOptions)
  | ({ readonly method: 'profile'; readonly profile: string } & AwsRoleOptions)
  | WebIdentityAuth
  | StaticAuth;

export interface WebIdentityAuth {
  readonly method: 'web-identity';
  /** The role that the token is for. Default `AWS_ROLE_ARN`. */
  readonly roleArn?: string | undefined;
  /** The file that holds the token; read anew for each login. Default `AWS_WEB_IDENTITY_TOKEN_FILE`. */
  readonly tokenFile?: string | undefined;
  /** The name of the session in CloudTrail. Default `AWS_ROLE_SESSION_NAME`, else `"magic-hour-keys"`. */
  readonly sessionName?: string | undefined;
}

export interface StaticAuth extends AwsRoleOptions {
  readonly method: 'static';
  readonly accessKeyId: SecretReference;
  readonly secretAccessKey: SecretReference;
  /** Temporary credentials have one. */
  readonly sessionToken?: SecretReference | undefined;
}

export const AUTH_METHODS: readonly AwsAuth['method'][] = [
  'default',
  'profile',
  'web-identity',
  'container',
  'instance',
  'static',
];
export const DEFAULT_SESSION_NAME = 'magic-hour-keys';

/** IAM's own rules for these texts. */
export const ROLE_ARN: RegExp = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/;
export const SESSION_NAME: RegExp = /^[\w+=,.@-]{2,64}$/;
export const EXTERNAL_ID: RegExp = /^[\w+=,.@:/-]{2,1224}$/;
