import { KeyError } from '@magic-hour-keys/core';
import { AUTH_METHODS, type KubernetesAuth } from './auth/auth-options.ts';
import type { KubernetesOptions } from './options.ts';

/** A DNS subdomain (RFC 1123), as the name of a Secret is. */
export const SECRET_NAME: RegExp =
  /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
/** A DNS label (RFC 1123), as the name of a namespace is. */
export const NAMESPACE: RegExp = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
/** What the API server takes for a key of `data`; a name that begins with two dots belongs to the kubelet. */
export const DATA_KEY: RegExp = /^(?!\.\.|\.$)[-._a-zA-Z0-9]{1,253}$/;
/** A path that can be printed. */
export const FILE_PATH: RegExp = /^[ -~\u00a0-\uffff]+$/;

/** A key of Magic Hour, or a signed token: names are printed, and those must not be. */
const SECRET_SHAPE = /mhk_[a-z]+_[A-Za-z0-9]{16,}|\beyJ[\w-]{10,}\.eyJ/;
const OF_THE_LOGIN = ['auth', 'kubeConfig', 'client'] as const;

/**
 * Options are also written in JavaScript, where types are comments; JSON has passed the schema already.
 *
 * @throws KeyError `invalid_config`, which names the option and never its value.
 */
export function checkOptions(options: KubernetesOptions): void {
  const { mountPath, namespace, name, key, field, auth } = options;
  // First of all, because names are printed.
  refuseSecrets({ mountPath, namespace, name, key, field, auth });
  checkOptional('mountPath', mountPath, FILE_PATH, 'must be the path of a folder or of a file');
  checkOptional(
    'name',
    name,
    SECRET_NAME,
    'must be the name of a Secret: lower-case letters, digits, - and .',
  );
  checkOptional(
    'namespace',
    namespace,
    NAMESPACE,
    'must be the name of a namespace: lower-case letters, digits and -',
  );
  checkOptional('key', key, DATA_KEY, 'must be a key of the Secret: letters, digits, -, _ and .');
  checkOptional('field', field, /./, 'must be the name of a member');
  checkPlace(options);
  checkLogin(options);
}

function refuseSecrets(texts: object, prefix = ''): void {
  for (const [name, value] of Object.entries(texts) as [string, unknown][]) {
    if (typeof value === 'object' && value !== null) refuseSecrets(value, `${prefix}${name}.`);
    if (typeof value !== 'string' || !SECRET_SHAPE.test(value)) continue;
    throw invalid(prefix + name, 'holds what looks like a key or a token, where a name belongs');
  }
}

function checkPlace(options: KubernetesOptions): void {
  const { mountPath, name } = options;
  if (mountPath === undefined) {
    if (name === undefined)
      throw invalid('name', 'is missing: name the Secret, or where it is mounted by `mountPath`');
    return;
  }
  for (const other of ['name', 'namespace', ...OF_THE_LOGIN] as const) {
    if (options[other] !== undefined) throw invalid(other, 'has no meaning beside `mountPath`');
  }
}

function checkLogin(options: KubernetesOptions): void {
  const { auth, client, kubeConfig } = options;
  const given = OF_THE_LOGIN.filter((name) => options[name] !== undefined);
  const [first, second] = given;
  if (second !== undefined) throw invalid(second, `can not stand beside \`${first}\``);
  if (
    client !== undefined &&
    typeof (client as KubernetesOptions['client'] | null)?.readNamespacedSecret !== 'function'
  ) {
    throw invalid('client', 'must be a CoreV1Api of @kubernetes/client-node');
  }
  if (client !== undefined && options.namespace === undefined) {
    throw invalid('namespace', 'is needed beside `client`, which does not tell its own');
  }
  if (
    kubeConfig !== undefined &&
    typeof (kubeConfig as KubernetesOptions['kubeConfig'] | null)?.applyToHTTPSOptions !== 'function'
  ) {
    throw invalid('kubeConfig', 'must be a KubeConfig of @kubernetes/client-node');
  }
  checkAuth(auth);
}

function checkAuth(auth: KubernetesAuth | undefined): void {
  if (auth === undefined) return;
  if (!AUTH_METHODS.includes((auth as KubernetesAuth | null)?.method as KubernetesAuth['method'])) {
    throw invalid('auth.method', `must be one of: ${AUTH_METHODS.join(', ')}`);
  }
  if (auth.method === 'in-cluster') {
    checkOptional('auth.folder', auth.folder, FILE_PATH, 'must be the path of a folder');
  }
  if (auth.method !== 'kubeconfig') return;
  checkOptional('auth.file', auth.file, FILE_PATH, 'must be the path of a file');
  checkOptional('auth.context', auth.context, FILE_PATH, 'must be the name of a context');
  if (auth.allowExec !== undefined && typeof auth.allowExec !== 'boolean') {
    throw invalid('auth.allowExec', 'must be true or false');
  }
}

function checkOptional(option: string, value: unknown, pattern: RegExp, problem: string): void {
  if (value === undefined) return;
  if (typeof value !== 'string' || !pattern.test(value)) throw invalid(option, problem);
}

function invalid(option: string, problem: string): KeyError {
  return new KeyError({
    code: 'invalid_config',
    source: 'kubernetes',
    message: `the option ${option} ${problem}`,
    hint: `Correct the option \`${option}\`.`,
  });
}
