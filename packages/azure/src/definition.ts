import type { BackendDefinition, CredentialVariable } from '@magic-hour-keys/core/author';
import * as v from 'valibot';
import {
  ALLOWED_TENANT,
  CLIENT_ID,
  OBJECT_ID,
  RESOURCE_ID,
  SUBSCRIPTION,
  TENANT,
  type AzureAuth,
} from './auth/auth-options.ts';
import { CLIENT_PACKAGE, describeLocation, LOGIN_PACKAGE, type AzureOptions } from './options.ts';
import { readPermission } from './permission.ts';
import { API_VERSION, AUTHORITY_HOST, SECRET_NAME, SECRET_VERSION, VAULT_URL } from './vault-url.ts';

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

const tenantId = textLike(TENANT, 'the id of a tenant, or its domain', 'The directory (tenant) id.');
const clientId = textLike(CLIENT_ID, 'a client id', 'The application (client) id.');
const additionallyAllowedTenants = v.optional(
  v.pipe(
    v.array(textLike(ALLOWED_TENANT, 'the id of a tenant, or "*"', 'The id of a tenant, or "*".')),
    v.description('Other tenants that the vault may ask a token of; "*" for any.'),
  ),
);

const auth = v.variant('method', [
  v.strictObject({
    method: v.literal('default'),
    tenantId: v.optional(tenantId),
    clientId: v.optional(clientId),
    additionallyAllowedTenants,
  }),
  v.strictObject({
    method: v.literal('managed-identity'),
    clientId: v.optional(clientId),
    resourceId: v.optional(
      textLike(RESOURCE_ID, 'a resource id, which begins with /subscriptions/', 'The resource id.'),
    ),
    objectId: v.optional(textLike(OBJECT_ID, 'an object id', 'The object (principal) id.')),
  }),
  v.strictObject({
    method: v.literal('workload-identity'),
    tenantId: v.optional(tenantId),
    clientId: v.optional(clientId),
    tokenFile: v.optional(someText('The file that holds the token.')),
    additionallyAllowedTenants,
  }),
  v.strictObject({
    method: v.literal('client-secret'),
    tenantId,
    clientId,
    clientSecret: secretReference('The client secret.'),
    additionallyAllowedTenants,
  }),
  v.strictObject({
    method: v.literal('client-certificate'),
    tenantId,
    clientId,
    certificate: secretReference('The certificate with its private key, in PEM.'),
    certificatePassword: v.optional(secretReference('The password of the private key.')),
    sendCertificateChain: v.optional(
      v.pipe(v.boolean(), v.description('For applications that know it by subject and issuer.')),
    ),
    additionallyAllowedTenants,
  }),
  v.strictObject({
    method: v.literal('azure-cli'),
    tenantId: v.optional(tenantId),
    subscription: v.optional(
      textLike(SUBSCRIPTION, 'the name or id of a subscription', 'The name or id of a subscription.'),
    ),
    additionallyAllowedTenants,
  }),
  v.strictObject({ method: v.literal('environment'), additionallyAllowedTenants }),
]);

const ENVIRONMENT: readonly CredentialVariable[] = [
  { name: 'AZURE_CLIENT_SECRET', secret: true },
  { name: 'AZURE_CLIENT_CERTIFICATE_PATH', secret: false },
  { name: 'AZURE_CLIENT_CERTIFICATE_PASSWORD', secret: true },
  { name: 'AZURE_PASSWORD', secret: true },
];
const WORKLOAD_IDENTITY: readonly CredentialVariable[] = [
  { name: 'AZURE_FEDERATED_TOKEN_FILE', secret: false },
];
/** Where there is an endpoint of this app, it gives tokens to whoever knows the header beside it. */
const MANAGED_IDENTITY: readonly CredentialVariable[] = [
  { name: 'IDENTITY_ENDPOINT', secret: false },
  { name: 'IDENTITY_HEADER', secret: true },
  { name: 'MSI_ENDPOINT', secret: false },
  { name: 'MSI_SECRET', secret: true },
];

/** In the order of the SDK's chain. */
const VARIABLES: Readonly<Record<AzureAuth['method'], readonly CredentialVariable[]>> = {
  default: [...ENVIRONMENT, ...WORKLOAD_IDENTITY, ...MANAGED_IDENTITY],
  'managed-identity': MANAGED_IDENTITY,
  'workload-identity': WORKLOAD_IDENTITY,
  'client-secret': [],
  'client-certificate': [],
  'azure-cli': [],
  environment: ENVIRONMENT,
};

/** The manifest of this backend: validation, JSON Schema, the table in the README, `mhk doctor`. No I/O. */
export const azureDefinition: BackendDefinition<AzureOptions> = {
  name: 'azure',
  title: 'Azure Key Vault',
  packageName: '@magic-hour-keys/azure',
  schema: v.strictObject({
    vaultUrl: textLike(
      VAULT_URL,
      'the https URL of a vault, such as https://my-vault.vault.azure.net',
      'The URL of the vault. https; http on loopback alone.',
    ),
    name: textLike(SECRET_NAME, '1 to 127 letters, digits or hyphens', 'The name of the secret.'),
    version: v.optional(
      textLike(
        SECRET_VERSION,
        'a version, of 32 hexadecimal digits',
        'One version for ever. Then no rotation is noticed.',
      ),
    ),
    field: v.optional(someText('The member that holds the key, where the secret is a JSON object.')),
    auth: v.optional(v.pipe(auth, v.description('How to log in; see below.'))),
    authorityHost: v.optional(
      textLike(
        AUTHORITY_HOST,
        'an https URL without a path, such as https://login.microsoftonline.us',
        'Where to log in.',
      ),
    ),
    disableInstanceDiscovery: v.optional(
      v.pipe(
        v.boolean(),
        v.description('For authorities that the public cloud does not know, such as Azure Stack.'),
      ),
    ),
    disableChallengeResourceVerification: v.optional(
      v.pipe(
        v.boolean(),
        v.description(
          'Send a token to a vault on another domain than the one that the token is for: emulators and private names.',
        ),
      ),
    ),
    apiVersion: v.optional(
      textLike(
        API_VERSION,
        'a version of the interface, such as 7.4',
        "The version of Key Vault's interface, for emulators and private clouds.",
      ),
    ),
    caFile: v.optional(
      someText("A file in PEM with the CA of the vault's certificate, and of an authority of your own."),
    ),
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
  secretOptions: ['auth.clientSecret', 'auth.certificate', 'auth.certificatePassword'],
  credentialVariables: ({ auth: { method } = { method: 'default' } }) => VARIABLES[method],
  permission: readPermission,
  interpolates: ['name', 'version', 'field', 'caFile'],
};
