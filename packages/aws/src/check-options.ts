import { KeyError } from '@magic-hour-keys/core';
import type { SecretReference } from '@magic-hour-keys/core/node';
import { AUTH_METHODS, EXTERNAL_ID, ROLE_ARN, SESSION_NAME, type AwsAuth } from './auth/auth-options.ts';
import type { AwsOptions } from './options.ts';
import { regionOf, SECRET_ID } from './secret-id.ts';

export const REGION: RegExp = /^[a-z0-9][a-z0-9-]{0,62}$/;
export const STAGE: RegExp = /^[\w+=.@/-]{1,256}$/;
export const VERSION_ID: RegExp = /^[\w-]{32,64}$/;
/** https anywhere; http where nothing leaves the machine. Neither userinfo nor query nor fragment. */
export const ENDPOINT: RegExp =
  /^(?:https:\/\/[\w.-]+|http:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\]))(?::\d{1,5})?(?:\/[\w./-]*)?$/;
const KEY_SHAPE = /mhk_[a-z]+_[A-Za-z0-9]{16,}/;

/**
 * Options are also written in JavaScript, where types are comments; JSON has passed the schema already.
 *
 * @throws KeyError `invalid_config`, which names the option and never its value.
 */
export function checkOptions(options: AwsOptions): void {
  const { secretId, region, stage, versionId, field, endpoint, auth, client } = options;
  // First of all, because names are printed.
  refuseKeys({ secretId, region, stage, versionId, field, endpoint, auth });
  check('secretId', secretId, SECRET_ID, 'must be the name of a secret, or its ARN in Secrets Manager');
  checkOptional('region', region, REGION, 'must be the name of a region, such as us-east-1');
  checkOptional('stage', stage, STAGE, 'must be a staging label, such as AWSCURRENT');
  checkOptional('versionId', versionId, VERSION_ID, 'must be the id of a version, of 32 to 64 characters');
  checkOptional('field', field, /./, 'must be the name of a member');
  checkOptional('endpoint', endpoint, ENDPOINT, 'must be an https URL (http on loopback alone)');
  checkTogether(options);
  if (client !== undefined) checkClient(options);
  if (auth !== undefined) checkAuth(auth);
}

function refuseKeys(texts: object, prefix = ''): void {
  for (const [name, value] of Object.entries(texts) as [string, unknown][]) {
    if (typeof value === 'object' && value !== null) refuseKeys(value, `${prefix}${name}.`);
    if (typeof value !== 'string' || !KEY_SHAPE.test(value)) continue;
    throw invalid(prefix + name, 'holds what looks like a key, where a name belongs');
  }
}

function checkTogether({ secretId, region, stage, versionId, endpoint, fips }: AwsOptions): void {
  const arnRegion = regionOf(secretId);
  if (region !== undefined && arnRegion !== undefined && region !== arnRegion) {
    throw invalid('region', `is ${region}, while the ARN says ${arnRegion}`);
  }
  if (stage !== undefined && versionId !== undefined) {
    throw invalid('versionId', 'can not stand beside `stage`');
  }
  // The SDK knows no FIPS variant of a URL that was given (measured: EndpointError).
  if (fips === true && endpoint !== undefined) throw invalid('fips', 'can not stand beside `endpoint`');
}

function checkClient({ client, region, auth, endpoint, fips }: AwsOptions): void {
  if (typeof client?.send !== 'function') throw invalid('client', 'must be a SecretsManagerClient');
  for (const [name, value] of Object.entries({ region, auth, endpoint, fips })) {
    if (value !== undefined) throw invalid(name, 'is the client’s own matter, where a client is given');
  }
}

function checkAuth(auth: AwsAuth): void {
  if (!AUTH_METHODS.includes((auth as AwsAuth | null)?.method as AwsAuth['method'])) {
    throw invalid('auth.method', `must be one of: ${AUTH_METHODS.join(', ')}`);
  }
  if (auth.method === 'profile') check('auth.profile', auth.profile, /./, 'must be the name of a profile');
  if (auth.method === 'static') {
    checkReference('auth.accessKeyId', auth.accessKeyId);
    checkReference('auth.secretAccessKey', auth.secretAccessKey);
    if (auth.sessionToken !== undefined) checkReference('auth.sessionToken', auth.sessionToken);
  }
  checkOptional('auth.roleArn', auth.roleArn, ROLE_ARN, 'must be the ARN of a role');
  checkOptional(
    'auth.sessionName',
    auth.sessionName,
    SESSION_NAME,
    'must have 2 to 64 letters, digits or =,.@-',
  );
  if (auth.method === 'web-identity') {
    checkOptional('auth.tokenFile', auth.tokenFile, /./, 'must be the path of a file');
    return;
  }
  checkOptional('auth.externalId', auth.externalId, EXTERNAL_ID, 'must be an external id');
  if (auth.externalId !== undefined && auth.roleArn === undefined) {
    throw invalid('auth.externalId', 'needs `auth.roleArn` beside it');
  }
}

function checkReference(option: string, reference: SecretReference): void {
  const { env, file } = { env: undefined, file: undefined, ...(reference as object) };
  const names = [env, file].filter((name) => name !== undefined);
  if (names.length === 1 && typeof names[0] === 'string' && names[0] !== '') return;
  throw invalid(option, 'must be { env: NAME } or { file: PATH }, never the value itself');
}

function checkOptional(option: string, value: unknown, pattern: RegExp, problem: string): void {
  if (value !== undefined) check(option, value, pattern, problem);
}

function check(option: string, value: unknown, pattern: RegExp, problem: string): void {
  if (typeof value !== 'string' || !pattern.test(value)) throw invalid(option, problem);
}

function invalid(option: string, problem: string): KeyError {
  return new KeyError({
    code: 'invalid_config',
    source: 'aws',
    message: `the option ${option} ${problem}`,
    hint: `Correct the option \`${option}\`.`,
  });
}
