import type { KeyWarning } from '@magic-hour-keys/core';
import type { ProxyEnvironment, TlsSettings } from '@magic-hour-keys/core/node';

/** Where the API server is, and what one request to it needs. Made anew for each read, because tokens rotate. */
export interface ClusterLogin {
  /** Without a slash at its end. */
  readonly server: string;
  /** `authorization`, and whom to act as. */
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsSettings;
  /** Where proxies are looked up; `{}` for none. */
  readonly proxies: ProxyEnvironment;
  /** Of the context or of the pod. */
  readonly namespace: string | undefined;
  readonly warnings: readonly KeyWarning[];
}

export interface LoginSource {
  /**
   * @throws KeyError `not_configured` where nothing to log in with is set up, `invalid_config`, `unauthenticated`,
   * `access_denied`
   */
  take(context: LoginContext): Promise<ClusterLogin>;
  /** The last login was refused: what is remembered of it must not be given again. */
  forget(): void;
}

export interface LoginContext {
  readonly signal: AbortSignal;
  /** Whether a program that is run for it may keep the process running. */
  readonly keepsProcessAlive: boolean;
}

/** Whether another try could end otherwise. */
export function isSameLogin(one: ClusterLogin, other: ClusterLogin): boolean {
  const { server, headers, tls } = one;
  return JSON.stringify([server, headers, tls]) === JSON.stringify([other.server, other.headers, other.tls]);
}
