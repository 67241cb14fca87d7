import { KeyError } from '@magic-hour-keys/core';
import type { SecretReference } from '@magic-hour-keys/core/node';
import { ACCOUNT, AUTH_METHODS, type GcpAuth } from './auth/auth-options.ts';
import type { GcpOptions } from './options.ts';
import { LOCATION, parseSecretName, PROJECT, SECRET, VERSION } from './secret-name.ts';

/** https anywhere; http where nothing leaves the machine. No userinfo, path, query or fragment: gRPC has none. */
export const ENDPOINT: RegExp =
  /^(?:https:\/\/[\w.-]+|http:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\]))(?::\d{1,5})?\/?$/;
const KEY_SHAPE = /mhk_[a-z]+_[A-Za-z0-9]{16,}/;

/**
 * Options are also written in JavaScript, where types are comments; JSON has passed the schema already.
 *
 * @throws KeyError `invalid_config`, which names the option and never its value.
 */
export function checkOptions(options: GcpOptions): void {
  const { secret, project, version, location, field, auth, transport, endpoint, client, authClient } =
    options;
  // First of all, because names are printed.
  refuseKeys({ secret, project, version, location, field, auth, transport, endpoint });
  check('secret', secret, SECRET, 'must be the name of a secret, or its full name in Secret Manager');
  checkOptional('project', project, PROJECT, 'must be the id or the number of a project');
  checkOptional('version', version, VERSION, 'must be "latest", an alias or a number, as text');
  checkOptional('location', location, LOCATION, 'must be the name of a location, such as europe-west1');
  checkOptional('field', field, /./, 'must be the name of a member');
  checkOptional('transport', transport, /^(?:grpc|rest)$/, 'must be one of: grpc, rest');
  checkOptional(
    'endpoint',
    endpoint,
    ENDPOINT,
    'must be an https URL without a path (http on loopback alone)',
  );
  checkTogether(options);
  if (client !== undefined) checkClient(options);
  if (authClient !== undefined) checkAuthClient(options);
  if (auth !== undefined) checkAuth(auth, endpoint);
}

function refuseKeys(texts: object, prefix = ''): void {
  for (const [name, value] of Object.entries(texts) as [string, unknown][]) {
    if (typeof value === 'object' && value !== null) refuseKeys(value, `${prefix}${name}.`);
    if (typeof value !== 'string' || !KEY_SHAPE.test(value)) continue;
    throw invalid(prefix + name, 'holds what looks like a key, where a name belongs');
  }
}

function checkTogether(options: GcpOptions): void {
  const name = parseSecretName(options.secret);
  for (const member of ['project', 'location', 'version'] as const) {
    const inName = name[member];
    const given = options[member];
    if (given === undefined || inName === undefined || given === inName) continue;
    throw invalid(member, `is ${given}, while the full name says ${inName}`);
  }
  // A full name without a location is that of a secret which is not regional.
  if (name.project !== undefined && name.location === undefined && options.location !== undefined) {
    throw invalid(
      'location',
      'belongs into the full name: projects/PROJECT/locations/LOCATION/secrets/SECRET',
    );
  }
}

function checkClient({ client, auth, transport, endpoint, authClient }: GcpOptions): void {
  if (typeof client?.accessSecretVersion !== 'function') {
    throw invalid('client', 'must be a SecretManagerServiceClient');
  }
  for (const [name, value] of Object.entries({ auth, transport, endpoint, authClient })) {
    if (value !== undefined) throw invalid(name, 'is the client’s own matter, where a client is given');
  }
}

function checkAuthClient({ authClient, auth }: GcpOptions): void {
  if (typeof authClient?.getRequestHeaders !== 'function') {
    throw invalid('authClient', 'must be an AuthClient of google-auth-library');
  }
  if (auth !== undefined) throw invalid('auth', 'can not stand beside `authClient`');
}

function checkAuth(auth: GcpAuth, endpoint: string | undefined): void {
  if (!AUTH_METHODS.includes((auth as GcpAuth | null)?.method as GcpAuth['method'])) {
    throw invalid('auth.method', `must be one of: ${AUTH_METHODS.join(', ')}`);
  }
  if (auth.method === 'none') {
    if (endpoint?.startsWith('http:') !== true)
      throw invalid(
        'auth.method',
        'can be none at an emulator on loopback alone: set `endpoint` to its http URL',
      );
    return;
  }
  checkOptional(
    'auth.impersonate',
    auth.impersonate,
    ACCOUNT,
    'must be the e-mail address of a service account',
  );
  if (auth.method === 'workload-identity') {
    check('auth.credentialFile', auth.credentialFile, /./, 'must be the path of a file');
  }
  if (auth.method === 'service-account') checkReference('auth.key', auth.key);
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
    source: 'gcp',
    message: `the option ${option} ${problem}`,
    hint: `Correct the option \`${option}\`.`,
  });
}
