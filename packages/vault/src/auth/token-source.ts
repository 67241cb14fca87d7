/** A token, and which login it came from. */
export interface VaultToken {
  /** Undefined where an agent puts it on the requests. */
  readonly text: string | undefined;
  readonly login: number;
}

/** Where tokens come from, by `auth.method`. */
export interface TokenSource {
  /** The number of the last login. A token of a later one needs no replacement: it has just been made. */
  readonly lastLogin: number;
  /** The token for one request. It may log in. */
  take(signal: AbortSignal, keepsProcessAlive: boolean): Promise<VaultToken>;
  /** Another token than the one that was refused, or undefined where there is none. */
  replace(refused: VaultToken, signal: AbortSignal): Promise<VaultToken | undefined>;
  /** A 403 can also mean that the token is dead, because nobody here has seen it made. */
  readonly isForeign: boolean;
  /** Renews beside the read what is due; never throws and never waits. */
  readonly tend?: ((token: VaultToken, isFirstRead: boolean) => void) | undefined;
  readonly close?: (() => Promise<void>) | undefined;
}
