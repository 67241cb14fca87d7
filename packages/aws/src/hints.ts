import type { KeyErrorCode } from '@magic-hour-keys/core';
import type { AwsErrorFacts } from './classify.ts';
import { isTlsFailure } from './error-codes.ts';
import type { AwsSettings } from './options.ts';
import { endsLikeArn } from './secret-id.ts';

export const HINT_NOT_AWS =
  'Something between here and AWS answered in its place. Check `endpoint` and proxies.';

type Hint = (facts: AwsErrorFacts, settings: AwsSettings) => string;

const HINTS: Readonly<Partial<Record<KeyErrorCode, Hint>>> = {
  not_found: hintNotFound,
  disabled: (_, { secretId }) =>
    `${secretId} is marked for deletion. Keep it with: aws secretsmanager restore-secret --secret-id ${secretId}`,
  access_denied: hintDenied,
  unauthenticated: hintLogin,
  invalid_config: hintConfig,
  throttled: () =>
    'Secrets Manager answers 10,000 reads a second in one account and region: lengthen `fresh` in the policy, or ask AWS what uses them up.',
  unavailable: hintUnavailable,
  timeout: () => 'Check that Secrets Manager can be reached from here: network, VPC endpoint, `endpoint`.',
};

/** What to do next, by name: the permission, the variable, the command. */
export function hintFor(code: KeyErrorCode, facts: AwsErrorFacts, settings: AwsSettings): string | undefined {
  return HINTS[code]?.(facts, settings);
}

function hintNotFound({ text }: AwsErrorFacts, { secretId, region, version }: AwsSettings): string {
  const [wanted] = Object.values(version);
  if (/staging label|VersionId/i.test(text)) {
    return `${secretId} has no version ${wanted}. Store one with: aws secretsmanager put-secret-value --secret-id ${secretId}`;
  }
  const trap = endsLikeArn(secretId)
    ? ' A name that ends in a hyphen and six characters must be given as the full ARN.'
    : '';
  return `Create ${secretId} in ${region ?? 'the region of AWS_REGION'}, or correct \`secretId\` and \`region\`.${trap}`;
}

function hintDenied({ name, text }: AwsErrorFacts, { secretId, auth }: AwsSettings): string {
  if (name === 'DecryptionFailure' || /kms/i.test(text)) {
    return `Allow kms:Decrypt to this identity on the KMS key of ${secretId}, and see that the key is enabled.`;
  }
  // STS has a name of its own for this, without "Exception".
  if (name === 'AccessDenied') {
    const action = auth.method === 'web-identity' ? 'sts:AssumeRoleWithWebIdentity' : 'sts:AssumeRole';
    return `Allow ${action} on ${auth.roleArn ?? 'the role'}, in its trust policy too.`;
  }
  return `Allow secretsmanager:GetSecretValue on ${secretId} to this identity, and kms:Decrypt where the secret has a KMS key of its own.`;
}

function hintLogin({ name, networkCode, text }: AwsErrorFacts, { auth }: AwsSettings): string {
  if (/\bSSO\b|sso login/i.test(text) || name === 'TokenProviderError') {
    return `The session has ended. Run: aws sso login${auth.method === 'profile' ? ` --profile ${auth.profile}` : ''}`;
  }
  if (name === 'InvalidSignatureException' || name === 'SignatureDoesNotMatch' || name === 'RequestExpired') {
    return 'Correct the secret access key, or the clock of this machine.';
  }
  const isRefused =
    name !== 'CredentialsProviderError' && name !== 'ProviderError' && networkCode === undefined;
  if (isRefused) {
    return 'AWS does not know these credentials, or they have expired. See which ones they are with: aws sts get-caller-identity';
  }
  switch (auth.method) {
    case 'default':
      return 'No AWS credentials were found. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or attach a role to where this runs, or set the option `auth`.';
    case 'profile':
      return `Check the profile ${auth.profile} with: aws sts get-caller-identity --profile ${auth.profile}`;
    case 'web-identity':
      return 'Set `auth.tokenFile` and `auth.roleArn`, or AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN; on EKS, annotate the service account with the role.';
    case 'container':
      return 'Give the ECS task a role, or the EKS pod an identity: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or AWS_CONTAINER_CREDENTIALS_FULL_URI is set then.';
    case 'instance':
      return 'Attach a role to this EC2 instance.';
    case 'static':
      return 'Check the option `auth`.';
  }
}

function hintConfig({ name }: AwsErrorFacts, { secretId }: AwsSettings): string {
  if (name === 'EndpointError') {
    return 'A FIPS endpoint and another endpoint exclude each other: check `fips`, `endpoint`, AWS_USE_FIPS_ENDPOINT and AWS_ENDPOINT_URL.';
  }
  if (name === 'LimitExceededException') return 'A quota of the AWS account is used up; see Service Quotas.';
  return `AWS refuses the request itself. Check \`secretId\` (${secretId}), \`stage\` and \`versionId\`, and of \`auth\` the \`roleArn\`.`;
}

function hintUnavailable({ name, networkCode, status }: AwsErrorFacts, { auth }: AwsSettings): string {
  if (isTlsFailure(networkCode)) {
    return 'The certificate was not accepted. Name your own CA in NODE_EXTRA_CA_CERTS, or check `endpoint`.';
  }
  if (name === 'ProviderError' || name === 'CredentialsProviderError') {
    return auth.method === 'instance'
      ? 'The metadata service of EC2 did not answer. In a container on EC2, its hop limit must be 2.'
      : 'The endpoint that gives out the credentials did not answer.';
  }
  if (networkCode === 'ENOTFOUND' || networkCode === 'EAI_AGAIN') {
    return 'The host was not found. Check `region`, `endpoint` and the DNS here.';
  }
  if (networkCode !== undefined) {
    return 'Check that Secrets Manager can be reached from here: network, VPC endpoint, `endpoint`. The SDK takes no notice of HTTPS_PROXY.';
  }
  if (name === 'SyntaxError' || status === 200) {
    return HINT_NOT_AWS;
  }
  return 'Secrets Manager failed to answer; see health.aws.amazon.com if it goes on.';
}
