import type { BackendDefinition, CredentialVariable } from '@magic-hour-keys/core/author';
import * as v from 'valibot';
import { EXTERNAL_ID, ROLE_ARN, SESSION_NAME, type AwsAuth } from './auth/auth-options.ts';
import { ENDPOINT, REGION, STAGE, VERSION_ID } from './check-options.ts';
import { CLIENT_PACKAGE, describeLocation, LOGIN_PACKAGE, type AwsOptions } from './options.ts';
import { readPermission } from './permission.ts';
import { SECRET_ID } from './secret-id.ts';

/** Text of one form, with the words for it in a message: the text itself is never shown there. */
function textLike(pattern: RegExp, expectation: string, description: string) {
  return v.pipe(v.string(), v.regex(pattern), v.metadata({ expectation }), v.description(description));
}

function someText(description: string) {
  return v.pipe(v.string(), v.nonEmpty(), v.description(description));
}

function secretReference(description: string) {
  const either = v.union([
    v.strictObject({ env: someText('The environment variable that holds it.') }),
    v.strictObject({ file: someText('The file that holds it, and nothing else.') }),
  ]);
  const expectation = '{ "env": NAME } or { "file": PATH }';
  return v.pipe(either, v.metadata({ expectation }), v.description(description));
}

const roleArn = v.optional(
  textLike(ROLE_ARN, 'the ARN of a role', 'A role to take on, with the credentials of the method.'),
);
const sessionName = v.optional(
  textLike(SESSION_NAME, '2 to 64 letters, digits or =,.@-', 'The name of the session in CloudTrail.'),
);
const externalId = v.optional(
  textLike(
    EXTERNAL_ID,
    'an external id, as IAM has them',
    "The external id that the role's trust policy asks for.",
  ),
);
const role = { roleArn, externalId, sessionName };

const auth = v.variant('method', [
  v.strictObject({ method: v.literal('default'), ...role }),
  v.strictObject({
    method: v.literal('profile'),
    profile: someText('The profile in ~/.aws/config.'),
    ...role,
  }),
  v.strictObject({
    method: v.literal('web-identity'),
    tokenFile: v.optional(someText('The file that holds the token.')),
    roleArn,
    sessionName,
  }),
  v.strictObject({ method: v.literal('container'), ...role }),
  v.strictObject({ method: v.literal('instance'), ...role }),
  v.strictObject({
    method: v.literal('static'),
    accessKeyId: secretReference('The access key id.'),
    secretAccessKey: secretReference('The secret access key.'),
    sessionToken: v.optional(secretReference('Of temporary credentials.')),
    ...role,
  }),
]);

const ACCESS_KEY: readonly CredentialVariable[] = [
  { name: 'AWS_ACCESS_KEY_ID', secret: true },
  { name: 'AWS_SECRET_ACCESS_KEY', secret: true },
  { name: 'AWS_SESSION_TOKEN', secret: true },
];
const WEB_IDENTITY: readonly CredentialVariable[] = [{ name: 'AWS_WEB_IDENTITY_TOKEN_FILE', secret: false }];
const CONTAINER: readonly CredentialVariable[] = [
  { name: 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', secret: false },
  { name: 'AWS_CONTAINER_CREDENTIALS_FULL_URI', secret: false },
  { name: 'AWS_CONTAINER_AUTHORIZATION_TOKEN', secret: true },
  { name: 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE', secret: false },
];

/** In the order of the SDK's chain, which passes over an access key where there is a profile. */
const VARIABLES: Readonly<Record<AwsAuth['method'], readonly CredentialVariable[]>> = {
  default: [{ name: 'AWS_PROFILE', secret: false }, ...ACCESS_KEY, ...WEB_IDENTITY, ...CONTAINER],
  profile: [],
  'web-identity': WEB_IDENTITY,
  container: CONTAINER,
  instance: [],
  static: [],
};

/** The manifest of this backend: validation, JSON Schema, the table in the README, `mhk doctor`. No I/O. */
export const awsDefinition: BackendDefinition<AwsOptions> = {
  name: 'aws',
  title: 'AWS Secrets Manager',
  packageName: '@magic-hour-keys/aws',
  schema: v.strictObject({
    secretId: textLike(
      SECRET_ID,
      'a name or an ARN, as Secrets Manager has them',
      'The name or the ARN of the secret.',
    ),
    region: v.optional(
      textLike(
        REGION,
        'the name of a region, such as us-east-1',
        "The region of the secret. An ARN's own region needs no option.",
      ),
    ),
    stage: v.optional(textLike(STAGE, 'a staging label, such as AWSCURRENT', 'The staging label to read.')),
    versionId: v.optional(
      textLike(
        VERSION_ID,
        'the id of a version, of 32 to 64 characters',
        'One version for ever, instead of `stage`. Then no rotation is noticed.',
      ),
    ),
    field: v.optional(someText('The member that holds the key, where the secret is a JSON object.')),
    auth: v.optional(v.pipe(auth, v.description('How to log in; see below.'))),
    endpoint: v.optional(
      textLike(
        ENDPOINT,
        'a URL with https, or with http on loopback',
        'Another URL of the service, such as a VPC endpoint. https; http on loopback alone.',
      ),
    ),
    fips: v.optional(v.pipe(v.boolean(), v.description('Use the FIPS endpoint of the region.'))),
  }),
  location: describeLocation,
  requires: [CLIENT_PACKAGE, LOGIN_PACKAGE],
  capabilities: {
    versions: true,
    sequence: true,
    previous: true,
    watch: false,
    permissions: true,
    remote: true,
  },
  secretOptions: ['auth.accessKeyId', 'auth.secretAccessKey', 'auth.sessionToken'],
  credentialVariables: ({ auth: { method } = { method: 'default' } }) => VARIABLES[method],
  permission: readPermission,
  interpolates: ['secretId', 'region', 'stage', 'versionId', 'field'],
};
