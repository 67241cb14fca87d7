import { KeyError } from '@magic-hour-keys/core';
import {
  ALLOWED_TENANT,
  AUTH_METHODS,
  CLIENT_ID,
  OBJECT_ID,
  RESOURCE_ID,
  SUBSCRIPTION,
  TENANT,
  type AzureAuth,
} from './auth/auth-options.ts';
import type { AzureOptions } from './options.ts';
import { API_VERSION, AUTHORITY_HOST, SECRET_NAME, SECRET_VERSION, VAULT_URL } from './vault-url.ts';

type Rule = readonly [pattern: RegExp, problem: string];

const KEY_SHAPE = /mhk_[a-z]+_[A-Za-z0-9]{16,}/;

const RULES = {
  vaultUrl: [VAULT_URL, 'must be the https URL of a vault, without a path (http on loopback alone)'],
  name: [SECRET_NAME, 'must be the name of a secret: 1 to 127 letters, digits or hyphens'],
  version: [SECRET_VERSION, 'must be a version, of 32 hexadecimal digits'],
  field: [/./, 'must be the name of a member'],
  authorityHost: [
    AUTHORITY_HOST,
    'must be an https URL without a path, such as https://login.microsoftonline.us',
  ],
  caFile: [/./, 'must be the path of a file'],
  apiVersion: [API_VERSION, 'must be a version of the interface, such as 7.4'],
} as const satisfies Record<string, Rule>;

const AUTH_RULES: Readonly<Record<string, Rule>> = {
  tenantId: [TENANT, 'must be the id of a tenant, or its domain'],
  clientId: [CLIENT_ID, 'must be the client id of an application'],
  objectId: [OBJECT_ID, 'must be the object id of an identity'],
  resourceId: [RESOURCE_ID, 'must be a resource id, which begins with /subscriptions/'],
  tokenFile: [/./, 'must be the path of a file'],
  subscription: [SUBSCRIPTION, 'must be the name or id of a subscription'],
};

/** What an application does by itself with a client of its own. */
const OF_CLIENT = [
  'vaultUrl',
  'auth',
  'credential',
  'authorityHost',
  'caFile',
  'apiVersion',
  'disableInstanceDiscovery',
  'disableChallengeResourceVerification',
] as const;
/** What belongs to the login. */
const OF_LOGIN = ['auth', 'authorityHost', 'disableInstanceDiscovery'] as const;
const REQUIRED: Readonly<Partial<Record<AzureAuth['method'], readonly string[]>>> = {
  'client-secret': ['tenantId', 'clientId'],
  'client-certificate': ['tenantId', 'clientId'],
};

/**
 * Options are also written in JavaScript, where types are comments; JSON has passed the schema already.
 *
 * @throws KeyError `invalid_config`, which names the option and never its value.
 */
export function checkOptions(options: AzureOptions): void {
  const { vaultUrl, name, version, field, authorityHost, caFile, apiVersion, auth } = options;
  const { client, credential } = options;
  const texts = { vaultUrl, name, version, field, authorityHost, caFile, apiVersion };
  // First of all, because names are printed.
  refuseKeys({ ...texts, auth });
  for (const [option, value] of Object.entries(texts)) {
    const isMissing = value === undefined && (option === 'name' || (option === 'vaultUrl' && !client));
    if (value !== undefined || isMissing) check(option, value, RULES[option as keyof typeof RULES]);
  }
  if (client !== undefined) checkClient(options);
  if (credential !== undefined) checkCredential(options);
  if (auth !== undefined) checkAuth(auth);
}

function refuseKeys(texts: object, prefix = ''): void {
  for (const [name, value] of Object.entries(texts) as [string, unknown][]) {
    if (typeof value === 'object' && value !== null) refuseKeys(value, `${prefix}${name}.`);
    if (typeof value !== 'string' || !KEY_SHAPE.test(value)) continue;
    throw invalid(prefix + name, 'holds what looks like a key, where a name belongs');
  }
}

function checkClient(options: AzureOptions): void {
  if (typeof options.client?.getSecret !== 'function') throw invalid('client', 'must be a SecretClient');
  refuseBeside(options, OF_CLIENT, 'is the client’s own matter, where a client is given');
}

function checkCredential(options: AzureOptions): void {
  if (typeof options.credential?.getToken !== 'function') {
    throw invalid('credential', 'must be a TokenCredential');
  }
  refuseBeside(options, OF_LOGIN, 'is the credential’s own matter, where a credential is given');
}

function refuseBeside(options: AzureOptions, names: readonly (keyof AzureOptions)[], problem: string): void {
  const found = names.find((name) => options[name] !== undefined);
  if (found) throw invalid(found, problem);
}

function checkAuth(auth: AzureAuth): void {
  if (!AUTH_METHODS.includes((auth as AzureAuth | null)?.method as AzureAuth['method'])) {
    throw invalid('auth.method', `must be one of: ${AUTH_METHODS.join(', ')}`);
  }
  const members = auth as unknown as Readonly<Record<string, unknown>>;
  for (const [option, rule] of Object.entries(AUTH_RULES)) {
    const isRequired = REQUIRED[auth.method]?.includes(option) === true;
    if (isRequired || members[option] !== undefined) check(`auth.${option}`, members[option], rule);
  }
  checkTenants(members['additionallyAllowedTenants']);
  if (auth.method === 'managed-identity') checkIdentity(auth);
  if (auth.method === 'client-secret') checkReference('auth.clientSecret', auth.clientSecret);
  if (auth.method === 'client-certificate') {
    checkReference('auth.certificate', auth.certificate);
    if (auth.certificatePassword !== undefined) {
      checkReference('auth.certificatePassword', auth.certificatePassword);
    }
  }
}

function checkTenants(tenants: unknown): void {
  if (tenants === undefined) return;
  const isList = Array.isArray(tenants) && tenants.every((tenant) => ALLOWED_TENANT.test(String(tenant)));
  if (!isList) throw invalid('auth.additionallyAllowedTenants', 'must be a list of tenant ids, or ["*"]');
}

function checkIdentity(auth: object): void {
  const [, second] = ['clientId', 'resourceId', 'objectId'].filter(
    (name) => Reflect.get(auth, name) !== undefined,
  );
  if (second !== undefined) throw invalid(`auth.${second}`, 'can not stand beside another id');
}

function checkReference(option: string, reference: unknown): void {
  const { env, file } = { env: undefined, file: undefined, ...(reference as object) };
  const names: readonly unknown[] = [env, file].filter((name) => name !== undefined);
  if (names.length === 1 && typeof names[0] === 'string' && names[0] !== '') return;
  throw invalid(option, 'must be { env: NAME } or { file: PATH }, never the value itself');
}

function check(option: string, value: unknown, [pattern, problem]: Rule): void {
  if (typeof value !== 'string' || !pattern.test(value)) throw invalid(option, problem);
}

function invalid(option: string, problem: string): KeyError {
  return new KeyError({
    code: 'invalid_config',
    source: 'azure',
    message: `the option ${option} ${problem}`,
    hint: `Correct the option \`${option}\`.`,
  });
}
