import type { KeyErrorCode, KeyFailure } from './key-error.ts';

/**
 * Why a read is made.
 *
 * - `initial`: there is no key yet
 * - `aged`: the fresh period of the key is over, or a change notice has come
 * - `rejected`: the Magic Hour API has refused the key
 * - `invalidated`: `invalidate()` was called
 * - `probe`: a check by a person or a tool, such as `mhk doctor`
 */
export type ReadReason = 'initial' | 'aged' | 'rejected' | 'invalidated' | 'probe';

export interface ReadContext {
  /** Aborts at the deadline and when the provider is closed; never because one caller gave up. */
  readonly signal: AbortSignal;
  readonly reason: ReadReason;
}

/** Something a person should know although the read went well, such as a key file that others can read. */
export interface KeyWarning {
  /** Stable and machine-readable, such as `"file_readable_by_others"`. */
  readonly code: string;
  /** One sentence that names the file, the line or the variable; never the value. */
  readonly message: string;
}

/** What a store gave for one read. */
export interface KeyReading {
  /** Text, or UTF-8 bytes. Core cleans and checks it; a backend passes it as it was stored. */
  readonly value: string | Uint8Array;
  /** The store's name for this version. Opaque: compared for equality only. */
  readonly version?: string | undefined;
  /**
   * Only where the store itself orders versions: the number at Vault and Google, the creation time in milliseconds
   * at AWS and Azure. Never a file's modification time. It guards against a store that answers with an older
   * version for a while, as Google documents for `latest`.
   */
  readonly sequence?: number | undefined;
  /** When this version was made: what `key-age` events count from. */
  readonly createdAt?: Date | undefined;
  /** Until then the key is not used. */
  readonly notBefore?: Date | undefined;
  /** From then on the key is not used; its fresh period ends well before. */
  readonly expiresAt?: Date | undefined;
  /** Set by `firstFound`: the link that answered. */
  readonly origin?: { readonly name: string; readonly location: string } | undefined;
  /** Told as events, each text once. */
  readonly warnings?: readonly KeyWarning[] | undefined;
}

/**
 * What the author of a backend writes. It has no cache, no retry loop, no timer and no log: those live in core, once.
 * `read` may overlap itself. A source is owned and closed by one provider; an SDK client that was handed in is not
 * closed.
 */
export interface KeySource {
  /** The backend's name, such as `"aws"`. */
  readonly name: string;
  /** Where it looks; printable, never secret, and known before any SDK is loaded. */
  readonly location: string;
  /** One read of the store. A `KeyError` thrown here passes unchanged; anything else goes through `classify`. */
  read(context: ReadContext): Promise<KeyReading>;
  /** The version before the current one, or undefined where there is none. */
  readonly readPrevious?: ((context: ReadContext) => Promise<KeyReading | undefined>) | undefined;
  /** Turns an SDK's error into a code, or into a code with hint, Retry-After and safe upstream fields. */
  readonly classify?: ((error: unknown) => KeyErrorCode | KeyFailure | undefined) | undefined;
  /**
   * Calls `onChange` when the store says that the secret may have changed. Settles when the stream ends or fails;
   * core restarts it. It must not keep the process alive.
   */
  readonly watch?: ((onChange: () => void, context: { signal: AbortSignal }) => Promise<void>) | undefined;
  /** Ends what the source holds open. Core waits a second for it, and ignores what it throws. */
  readonly close?: (() => Promise<void>) | undefined;
}
