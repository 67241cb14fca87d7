import { KeyError } from '@magic-hour-keys/core';
import { AUTH_METHODS, type VaultAuth } from './auth/auth-options.ts';
import { ADDRESS, isInsecureAddress } from './vault-address.ts';
import type { VaultOptions } from './options.ts';
import { isEncodable, PATH, SECRET_PATH, splitPath } from './vault-path.ts';

/** HTTP allows no other characters in the header that a namespace is sent in. */
export const NAMESPACE: RegExp = /^[\x21-\x7E]{1,512}$/;
/** A key of Magic Hour, or a token of Vault: names are printed, and those must not be. */
const SECRET_SHAPE = /mhk_[a-z]+_[A-Za-z0-9]{16,}|\bhv[sbr]\.[\w-]{16,}/;

/**
 * Options are also written in JavaScript, where types are comments; JSON has passed the schema already.
 *
 * @throws KeyError `invalid_config`, which names the option and never its value.
 */
export function checkOptions(options: VaultOptions): void {
  const { path, address, field, namespace, mount, caFile, allowedRedirects = [], auth } = options;
  // First of all, because names are printed.
  refuseSecrets({ path, address, field, namespace, mount, caFile, allowedRedirects, auth });
  checkPath(options);
  checkOptional('address', address, ADDRESS, 'must be a URL such as https://vault.internal:8200');
  checkOptional('field', field, /./, 'must be the name of a member');
  checkOptional('namespace', namespace, NAMESPACE, 'must be a path of letters, digits, - and _');
  checkOptional('caFile', caFile, /./, 'must be the path of a file');
  checkEngine(options);
  checkSecurity(options);
  if (options.client === undefined) checkAuth(auth);
  else checkClient(options);
}

function refuseSecrets(texts: object, prefix = ''): void {
  for (const [name, value] of Object.entries(texts) as [string, unknown][]) {
    if (typeof value === 'object' && value !== null) refuseSecrets(value, `${prefix}${name}.`);
    if (typeof value !== 'string' || !SECRET_SHAPE.test(value)) continue;
    throw invalid(prefix + name, 'holds what looks like a key or a token, where a name belongs');
  }
}

function checkPath({ path, mount }: VaultOptions): void {
  check('path', path, SECRET_PATH, 'must be a mount and a name, such as secret/magic-hour, without . and ..');
  if (!isEncodable(path)) throw invalid('path', 'has half of a character in it');
  if (mount === undefined) return;
  check('mount', mount, PATH, 'must be the front part of `path`, such as secret');
  const [front, whole] = [splitPath(mount), splitPath(path)];
  if (front.length < whole.length && front.every((segment, index) => segment === whole[index])) return;
  throw invalid('mount', 'must be the front part of `path`, and not all of it');
}

function checkEngine({ kvVersion, version }: VaultOptions): void {
  if (kvVersion !== undefined && kvVersion !== 1 && kvVersion !== 2)
    throw invalid('kvVersion', 'must be 1 or 2');
  if (version === undefined) return;
  if (!Number.isSafeInteger(version) || version < 1) throw invalid('version', 'must be a number from 1 on');
  if (kvVersion === 1) throw invalid('version', 'can not stand beside `kvVersion: 1`, which has no versions');
}

function checkSecurity({ address, allowInsecure, allowedRedirects = [] }: VaultOptions): void {
  if (allowInsecure !== undefined && typeof allowInsecure !== 'boolean') {
    throw invalid('allowInsecure', 'must be true or false');
  }
  if (!Array.isArray(allowedRedirects)) throw invalid('allowedRedirects', 'must be a list of origins');
  for (const origin of allowedRedirects as readonly unknown[]) {
    if (typeof origin === 'string' && ADDRESS.test(origin) && isOrigin(origin)) continue;
    throw invalid('allowedRedirects', 'must be a list of origins, such as https://vault-1.internal:8200');
  }
  if (allowInsecure === true) return;
  if (address !== undefined && isInsecureAddress(address)) {
    throw invalid('address', 'must be https; http only reaches this machine, or needs `allowInsecure: true`');
  }
  if ((allowedRedirects as readonly string[]).some(isInsecureAddress)) {
    throw invalid('allowedRedirects', 'must be https, unless `allowInsecure` is true');
  }
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).pathname === '/';
}

function checkClient({ client, ...options }: VaultOptions): void {
  if (typeof client?.read !== 'function') throw invalid('client', 'must be a client of node-vault');
  for (const name of [
    'address',
    'namespace',
    'auth',
    'caFile',
    'allowInsecure',
    'allowedRedirects',
  ] as const) {
    if (options[name] !== undefined)
      throw invalid(name, 'is the client’s own matter, where a client is given');
  }
}

function checkAuth(auth: VaultAuth | undefined): void {
  if (auth === undefined) return;
  if (!AUTH_METHODS.includes((auth as VaultAuth | null)?.method as VaultAuth['method'])) {
    throw invalid('auth.method', `must be one of: ${AUTH_METHODS.join(', ')}`);
  }
  if ('mount' in auth)
    checkOptional('auth.mount', auth.mount, PATH, 'must be a path below auth/, such as approle');
  switch (auth.method) {
    case 'token':
      return checkReference('auth.token', auth.token, false);
    case 'token-file':
      return checkOptional('auth.file', auth.file, /./, 'must be the path of a file');
    case 'approle':
      if (typeof auth.roleId !== 'string' || auth.roleId === '')
        checkReference('auth.roleId', auth.roleId, true);
      return checkReference('auth.secretId', auth.secretId, false);
    case 'kubernetes':
      check('auth.role', auth.role, /./, 'must be the name of a role');
      return checkReference('auth.jwt', auth.jwt, false);
    case 'jwt':
      checkOptional('auth.role', auth.role, /./, 'must be the name of a role');
      return checkReference('auth.jwt', auth.jwt, true);
    case 'none':
  }
}

function checkReference(option: string, reference: unknown, isNeeded: boolean): void {
  if (reference === undefined && !isNeeded) return;
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
    source: 'vault',
    message: `the option ${option} ${problem}`,
    hint: `Correct the option \`${option}\`.`,
  });
}
