import type { BackendDefinition } from '@magic-hour-keys/core/author';
import * as v from 'valibot';
import { NAMESPACE } from './check-options.ts';
import { CLIENT_PACKAGE, describeLocation, type VaultOptions } from './options.ts';
import { readPermission } from './permission.ts';
import { ADDRESS } from './vault-address.ts';
import { PATH, SECRET_PATH } from './vault-path.ts';

const text = v.pipe(v.string(), v.nonEmpty());
const address = v.pipe(
  v.string(),
  v.regex(ADDRESS),
  v.metadata({ expectation: 'a URL such as https://vault.internal:8200' }),
);

const secretReference = v.pipe(
  v.union([
    v.strictObject({ env: v.pipe(text, v.description('The environment variable that holds it.')) }),
    v.strictObject({ file: v.pipe(text, v.description('The file that holds it, and nothing else.')) }),
  ]),
  v.metadata({ expectation: '{ "env": NAME } or { "file": PATH }' }),
);

const mount = v.optional(
  v.pipe(
    v.string(),
    v.regex(PATH),
    v.description('Where the login is enabled, below auth/. Default: the name of the method.'),
  ),
);

const auth = v.variant('method', [
  v.strictObject({
    method: v.literal('token'),
    token: v.optional(
      v.pipe(secretReference, v.description('The token. Default: VAULT_TOKEN, else ~/.vault-token.')),
    ),
  }),
  v.strictObject({
    method: v.literal('token-file'),
    file: v.optional(
      v.pipe(text, v.description('A file that somebody else keeps up to date. Default: ~/.vault-token.')),
    ),
  }),
  v.strictObject({
    method: v.literal('approle'),
    mount,
    roleId: v.pipe(
      v.union([text, secretReference]),
      v.metadata({ expectation: 'text, { "env": NAME } or { "file": PATH }' }),
      v.description('The role id.'),
    ),
    secretId: v.optional(
      v.pipe(secretReference, v.description('The secret id, unless the role needs none.')),
    ),
  }),
  v.strictObject({
    method: v.literal('kubernetes'),
    mount,
    role: v.pipe(text, v.description('The role.')),
    jwt: v.optional(
      v.pipe(secretReference, v.description("The service account's token. Default: the one in every pod.")),
    ),
  }),
  v.strictObject({
    method: v.literal('jwt'),
    mount,
    role: v.optional(v.pipe(text, v.description('The role. Default: the default role of the mount.'))),
    jwt: v.pipe(secretReference, v.description('The JWT.')),
  }),
  v.strictObject({ method: v.literal('none') }),
]);

/** The manifest of this backend: validation, JSON Schema, the table in the README, `mhk doctor`. No I/O. */
export const vaultDefinition: BackendDefinition<VaultOptions> = {
  name: 'vault',
  title: 'HashiCorp Vault and OpenBao',
  packageName: '@magic-hour-keys/vault',
  schema: v.strictObject({
    path: v.pipe(
      v.string(),
      v.regex(SECRET_PATH),
      v.metadata({ expectation: 'a mount and a name, such as secret/magic-hour' }),
      v.description('The secret with its mount in front, as `vault kv get` takes it, without `data/`.'),
    ),
    address: v.optional(v.pipe(address, v.description('The URL of Vault. Default `VAULT_ADDR`.'))),
    field: v.optional(
      v.pipe(text, v.description('The member that holds the key. Default: the only member of the secret.')),
    ),
    version: v.optional(
      v.pipe(
        v.number(),
        v.integer(),
        v.minValue(1),
        v.metadata({ expectation: 'a whole number from 1 on' }),
        v.description(
          'One version for ever (KV version 2). Then no rotation is noticed. Default: the newest.',
        ),
      ),
    ),
    namespace: v.optional(
      v.pipe(v.string(), v.regex(NAMESPACE), v.description('The namespace. Default `VAULT_NAMESPACE`.')),
    ),
    kvVersion: v.optional(
      v.pipe(
        v.picklist([1, 2]),
        v.metadata({ expectation: '1 or 2' }),
        v.description('The version of the KV engine. Default: Vault is asked once.'),
      ),
    ),
    mount: v.optional(
      v.pipe(
        v.string(),
        v.regex(PATH),
        v.metadata({ expectation: 'the front part of "path"' }),
        v.description(
          'The front part of `path` that is the mount. Only used with `kvVersion`. Default: its first segment.',
        ),
      ),
    ),
    auth: v.optional(v.pipe(auth, v.description('How to log in; see below. Default: the method `token`.'))),
    caFile: v.optional(
      v.pipe(
        text,
        v.description("A file in PEM with the CA of Vault's certificate. Default `VAULT_CACERT`."),
      ),
    ),
    allowInsecure: v.optional(
      v.pipe(
        v.boolean(),
        v.description('Allow http to another machine. On loopback http needs no permission.'),
      ),
      false,
    ),
    allowedRedirects: v.optional(
      v.pipe(
        v.array(address),
        v.description(
          'Origins of other nodes that a standby may redirect to. The same host over https needs none.',
        ),
      ),
      () => [],
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
  secretOptions: ['auth.token', 'auth.roleId', 'auth.secretId', 'auth.jwt'],
  credentialVariables: ({ auth: login = { method: 'token' } }) =>
    login.method === 'token' && login.token === undefined ? [{ name: 'VAULT_TOKEN', secret: true }] : [],
  permission: readPermission,
  interpolates: ['path', 'field', 'namespace', 'mount', 'caFile'],
};
