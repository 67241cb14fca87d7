/// <reference lib="esnext.disposable" preserve="true" />
import type { ApiKey } from './api-key.ts';
import type { KeyErrorCode } from './key-error.ts';
import type { KeyEvent } from './key-event.ts';

/**
 * All that an HTTP adapter needs, and frozen for ever, so that a hand-written provider never breaks.
 */
export interface KeyProvider {
  /** The source's name, such as `"aws"`. */
  readonly name: string;
  /**
   * The key to use now. From memory when there is a usable one, without I/O; else it waits for the one shared read.
   *
   * @throws KeyError when there is no usable key. An abort rejects with the signal's own reason, for this caller only.
   */
  getKey(options?: { signal?: AbortSignal | undefined }): Promise<ApiKey>;
  /**
   * "This exact key was rejected; give me another, or undefined." It never throws because the store is down:
   * undefined means that the caller should show the original 401.
   */
  renew(rejected: ApiKey, options?: { signal?: AbortSignal | undefined }): Promise<ApiKey | undefined>;
  /** What `getKey()` would give without waiting; starts the background read when the key has aged. */
  readonly peek?: (() => ApiKey | undefined) | undefined;
}

/** What `createKeyProvider` returns. It may grow in minor versions. */
export interface ManagedKeyProvider extends KeyProvider {
  peek(): ApiKey | undefined;
  /**
   * Forgets that the key is good: `peek` gives undefined, and the next `getKey` waits for one new read. If that read
   * fails, the old key is served again. The reason is for whoever reads the call; nothing else is made of it.
   */
  invalidate(reason?: string): void;
  /** Makes no read. */
  health(): KeyHealth;
  /** Returns the function that ends the subscription. A listener that throws disturbs nobody. */
  subscribe(listener: (event: KeyEvent) => void): () => void;
  /** Settles every waiter with `closed`, ends the watch and closes the source. Can be called twice. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * - `empty`: no key yet
 * - `fresh`: confirmed by the store within the fresh period
 * - `aged`: older than that and still in use; the next request starts a background read
 * - `failing`: in use, while the last read failed
 * - `stale`: there is a key, but it may no longer be used (too old, expired, revoked in the store, or invalidated)
 */
export type KeyState = 'empty' | 'fresh' | 'aged' | 'failing' | 'stale';

/** A snapshot for a health endpoint. No secret in it. */
export interface KeyHealth {
  readonly state: KeyState;
  /** The source's name, such as `"aws"`. Of a chain, the link that the key came from. */
  readonly source: string;
  /** Where it looks; printable, never secret. */
  readonly location: string;
  /** The store's name for the version of the key. */
  readonly version?: string | undefined;
  /** The last four characters of the key. */
  readonly last4?: string | undefined;
  /** Milliseconds since the store last confirmed the key. */
  readonly ageMs?: number | undefined;
  /** The code of the last read, where it failed; undefined after a success. */
  readonly lastErrorCode?: KeyErrorCode | undefined;
  /** Milliseconds until the store may be asked again after a failure; 0 when it may be asked now. */
  readonly nextAttemptInMs: number;
  /** For how many milliseconds an outage of the store that starts now would go unnoticed by callers. */
  readonly survivesOutageMs: number;
}
