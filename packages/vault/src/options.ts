import { systemRuntime, type KeyRuntime } from '@magic-hour-keys/core';
import type { RequiredPackage } from '@magic-hour-keys/core/author';
import type { VaultAuth } from './auth/auth-options.ts';
import { checkOptions } from './check-options.ts';
import { splitPath } from './vault-path.ts';

/** What is used of a client that is handed in: node-vault's has it. */
export interface VaultClient {
  read(path: string, options?: Record<string, unknown>): Promise<unknown>;
}

/** What `vaultKeySource` takes. The JSON config knows all but `client`, `env`, `cwd` and `runtime`. */
export interface VaultOptions {
  /** With the mount in front, as `vault kv get` takes it: `"secret/magic-hour"`. Without `data/`. */
  readonly path: string;
  /** Such as `"https://vault.internal:8200"`. Default `VAULT_ADDR`. */
  readonly address?: string | undefined;
  /** The member that holds the key: `"api_key"`, `"a.b"` or `"/a/b"`. Default: the only member of the secret. */
  readonly field?: string | undefined;
  /** One version for ever, of KV version 2. Then no rotation is noticed. Default: the newest. */
  readonly version?: number | undefined;
  /** Of Vault Enterprise, HCP Vault or OpenBao. Default `VAULT_NAMESPACE`. */
  readonly namespace?: string | undefined;
  /** Skips asking Vault which engine this is. Then `mount` is needed if it has more than one segment. */
  readonly kvVersion?: 1 | 2 | undefined;
  /** The front part of `path` that is the mount. Only used with `kvVersion`. Default: the first segment. */
  readonly mount?: string | undefined;
  /** How to log in. Default `{ method: 'token' }`: `VAULT_TOKEN`, else `~/.vault-token`. */
  readonly auth?: VaultAuth | undefined;
  /** A file in PEM with the CA of Vault's certificate. Default `VAULT_CACERT`. */
  readonly caFile?: string | undefined;
  /** Send token and key over http to another machine. http on loopback needs no permission. Default false. */
  readonly allowInsecure?: boolean | undefined;
  /** Other origins that a standby node may redirect to, such as `["https://vault-1.internal:8200"]`. */
  readonly allowedRedirects?: readonly string[] | undefined;
  /** A node-vault client of your own, with its own address, login and transport. It is never closed here. */
  readonly client?: VaultClient | undefined;
  /** Stands for `process.env`. */
  readonly env?: object | undefined;
  /** The folder that relative paths start from. Default the working directory at the time of the read. */
  readonly cwd?: string | undefined;
  /** Clock, randomness and timers; for tests. */
  readonly runtime?: KeyRuntime | undefined;
}

export interface VaultSettings extends VaultOptions {
  readonly auth: VaultAuth;
  readonly segments: readonly string[];
  readonly mountSegments: readonly string[];
  readonly allowInsecure: boolean;
  readonly allowedRedirects: readonly string[];
  readonly runtime: KeyRuntime;
  readonly location: string;
  /** The variable, read anew; undefined where it is not set or blank. */
  variable(name: string): string | undefined;
}

export const CLIENT_PACKAGE: RequiredPackage = { name: 'node-vault', range: '^0.12.0' };

/** Where these options look, such as `"secret/magic-hour#api_key at https://vault.internal:8200"`. No I/O. */
export function describeLocation({ path, field, version, address, namespace, client }: VaultOptions): string {
  const member = field === undefined ? '' : `#${field}`;
  const pinned = version === undefined ? '' : `, version ${version}`;
  const space = namespace === undefined ? '' : `, namespace ${namespace}`;
  const server = client === undefined ? ` at ${address ?? 'VAULT_ADDR'}` : '';
  return `${path}${member}${server}${pinned}${space}`;
}

/**
 * Checks the options and fills in the defaults. Variables are left for the first read.
 *
 * @throws KeyError `invalid_config` for options that can't be meant, or that contradict each other.
 */
export function resolveOptions(options: VaultOptions): VaultSettings {
  checkOptions(options);
  const segments = splitPath(options.path);
  return {
    ...options,
    auth: options.auth ?? { method: options.client ? 'none' : 'token' },
    segments,
    mountSegments: options.mount === undefined ? segments.slice(0, 1) : splitPath(options.mount),
    allowInsecure: options.allowInsecure ?? false,
    allowedRedirects: options.allowedRedirects ?? [],
    runtime: options.runtime ?? systemRuntime(),
    location: describeLocation(options),
    variable(name) {
      const value: unknown = Reflect.get(options.env ?? process.env, name);
      return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
    },
  };
}
