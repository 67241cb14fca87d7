import type { BackendDefinition } from '@magic-hour-keys/core/author';
import * as v from 'valibot';
import { ACCOUNT } from './auth/auth-options.ts';
import { ENDPOINT } from './check-options.ts';
import { CLIENT_PACKAGE, describeLocation, type GcpOptions } from './options.ts';
import { readPermission } from './permission.ts';
import { LOCATION, PROJECT, SECRET, VERSION } from './secret-name.ts';

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

const impersonate = v.optional(
  textLike(
    ACCOUNT,
    'the e-mail address of a service account',
    'A service account to act as, with the credentials of the method.',
  ),
);

const auth = v.variant('method', [
  v.strictObject({ method: v.literal('default'), impersonate }),
  v.strictObject({ method: v.literal('metadata'), impersonate }),
  v.strictObject({
    method: v.literal('workload-identity'),
    credentialFile: someText('The configuration file of workload identity federation.'),
    impersonate,
  }),
  v.strictObject({
    method: v.literal('service-account'),
    key: secretReference('The JSON of the key.'),
    impersonate,
  }),
  v.strictObject({ method: v.literal('none') }),
]);

/** The manifest of this backend: validation, JSON Schema, the table in the README, `mhk doctor`. No I/O. */
export const gcpDefinition: BackendDefinition<GcpOptions> = {
  name: 'gcp',
  title: 'Google Secret Manager',
  packageName: '@magic-hour-keys/gcp',
  schema: v.strictObject({
    secret: textLike(
      SECRET,
      'the name of a secret, or projects/PROJECT/secrets/SECRET',
      'The name of the secret, or its full name, with or without its version.',
    ),
    project: v.optional(
      textLike(
        PROJECT,
        'the id or the number of a project',
        'The project of the secret. A full name needs no option.',
      ),
    ),
    version: v.optional(
      textLike(
        VERSION,
        '"latest", an alias or a number, as text',
        'The version: the newest, an alias, or one number for ever, with which no rotation is noticed.',
      ),
    ),
    location: v.optional(
      textLike(
        LOCATION,
        'the name of a location, such as europe-west1',
        'The location of a regional secret, which is asked at the endpoint of that location.',
      ),
    ),
    field: v.optional(someText('The member that holds the key, where the secret is a JSON object.')),
    auth: v.optional(v.pipe(auth, v.description('How to log in; see below.'))),
    transport: v.optional(
      v.pipe(
        v.picklist(['grpc', 'rest']),
        v.description('How to talk to Google: rest is for networks that do not let HTTP/2 through.'),
      ),
    ),
    endpoint: v.optional(
      textLike(
        ENDPOINT,
        'a URL without a path, with https, or with http on loopback',
        'Another URL of the service, such as an emulator. https; http on loopback alone.',
      ),
    ),
  }),
  location: describeLocation,
  requires: [CLIENT_PACKAGE],
  capabilities: {
    versions: true,
    sequence: true,
    previous: true,
    watch: false,
    permissions: true,
    remote: true,
  },
  secretOptions: ['auth.key'],
  credentialVariables: ({ auth: { method } = { method: 'default' } }) =>
    method === 'default' ? [{ name: 'GOOGLE_APPLICATION_CREDENTIALS', secret: false }] : [],
  permission: readPermission,
  interpolates: ['secret', 'project', 'version', 'location', 'field'],
};
