import { systemRuntime, type KeyRuntime } from '@magic-hour-keys/core';
import type { RequiredPackage } from '@magic-hour-keys/core/author';
import type { KubernetesAuth } from './auth/auth-options.ts';
import { checkOptions } from './check-options.ts';

/** What is used of an API client that is handed in: the `CoreV1Api` of `@kubernetes/client-node` has it. */
export interface KubernetesClient {
  readNamespacedSecret(parameters: { readonly name: string; readonly namespace: string }): Promise<unknown>;
}

/** What is used of a configuration that is handed in: the `KubeConfig` of `@kubernetes/client-node` has it. */
export interface KubernetesConfig {
  getCurrentCluster(): unknown;
  /** Fills in headers and certificates. */
  applyToHTTPSOptions(options: object): Promise<void>;
  getCurrentContext?(): string;
  getContextObject?(name: string): unknown;
}

/** What `kubernetesKeySource` takes. The JSON config knows all from `mountPath` to `auth`. */
export interface KubernetesOptions {
  /** Where the Secret is mounted, such as `"/etc/magic-hour"`, or the one file in there. Nothing else is needed then. */
  readonly mountPath?: string | undefined;
  /** The name of the Secret, which is asked for at the API server. Not beside `mountPath`. */
  readonly name?: string | undefined;
  /** Default: that of the context or of the pod, else `"default"`. */
  readonly namespace?: string | undefined;
  /** The member of the Secret's `data`, which is also the name of the mounted file. Default: the only one. */
  readonly key?: string | undefined;
  /** Where the value is JSON, the member that holds the key: `"api_key"`, `"a.b"` or `"/a/b"`. */
  readonly field?: string | undefined;
  /** How to log in. Default `{ method: 'default' }`: a kubeconfig as kubectl finds it, else the pod's account. */
  readonly auth?: KubernetesAuth | undefined;
  /** An API client of your own, with its own login and transport. It is never closed here. */
  readonly client?: KubernetesClient | undefined;
  /** A configuration of your own. Its server and login are used, with a transport from here. */
  readonly kubeConfig?: KubernetesConfig | undefined;
  /** Stands for `process.env`. */
  readonly env?: object | undefined;
  /** The folder that relative paths start from. Default the working directory at the time of the read. */
  readonly cwd?: string | undefined;
  /** Clock, randomness and timers; for tests. */
  readonly runtime?: KeyRuntime | undefined;
}

export interface KubernetesSettings extends KubernetesOptions {
  readonly auth: KubernetesAuth;
  readonly runtime: KeyRuntime;
  readonly location: string;
  /** The variable, read anew; undefined where it is not set or blank. */
  variable(name: string): string | undefined;
}

/** Settings of a Secret that is asked for at the API server. */
export interface ApiSettings extends KubernetesSettings {
  readonly name: string;
}

/** Settings of a Secret that is mounted. */
export interface MountSettings extends KubernetesSettings {
  readonly mountPath: string;
}

export const CLIENT_PACKAGE: RequiredPackage = { name: '@kubernetes/client-node', range: '^1.2.0 || ^2.0.1' };

/** Where these options look, such as `"/etc/magic-hour/api_key"` or `"Secret app/magic-hour, key api_key"`. No I/O. */
export function describeLocation({ mountPath, namespace, name, key, field }: KubernetesOptions): string {
  const member = field === undefined ? '' : `#${field}`;
  if (mountPath !== undefined) {
    const file = key === undefined ? mountPath : `${mountPath.replace(/\/+$/, '')}/${key}`;
    return `${file}${member}`;
  }
  const place = namespace === undefined ? name : `${namespace}/${name}`;
  return `Secret ${place}${key === undefined ? '' : `, key ${key}`}${member}`;
}

/**
 * Checks the options and fills in the defaults. Variables and files are left for the first read.
 *
 * @throws KeyError `invalid_config` for options that can't be meant, or that contradict each other.
 */
export function resolveOptions(options: KubernetesOptions): MountSettings | ApiSettings {
  checkOptions(options);
  const { mountPath, name } = options;
  const settings: KubernetesSettings = {
    ...options,
    auth: options.auth ?? { method: 'default' },
    runtime: options.runtime ?? systemRuntime(),
    location: describeLocation(options),
    variable(variable) {
      const value: unknown = Reflect.get(options.env ?? process.env, variable);
      return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
    },
  };
  if (mountPath !== undefined) return { ...settings, mountPath };
  return { ...settings, name: name ?? '' };
}

export function isMounted(settings: MountSettings | ApiSettings): settings is MountSettings {
  return settings.mountPath !== undefined;
}
