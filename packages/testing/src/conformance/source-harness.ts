import type { KeySource } from '@magic-hour-keys/core';

/**
 * - `denied`: the store knows us and refuses; `unauthenticated`: it does not know us (any more)
 * - `throttled`: too many requests; `unavailable`: it answers that it can't serve now
 * - `hang`: it accepts a request and never answers
 * - `malformed`: a success with a text that is not what the protocol says, and that holds the stored key
 */
export type BreakMode = 'denied' | 'unauthenticated' | 'throttled' | 'unavailable' | 'hang' | 'malformed';

/** A store that a test can change and break, and the backend's sources in front of it. Each case gets one of its own. */
export interface SourceHarness {
  readonly name: string;
  /** A fresh source that has done no I/O yet. `overrides` are options of the backend, over those of the harness. */
  source(overrides?: Record<string, unknown>): KeySource;
  /** Stores a value, which becomes the current one; so it also rotates. In the field cases it gets a JSON object as text. */
  put(value: string | Uint8Array): Promise<void>;
  /** The secret is gone. A later `put` stores it anew. */
  remove(): Promise<void>;
  /** The secret is there, but not in force. */
  disable?(): Promise<void>;
  break(mode: BreakMode): Promise<void>;
  /** Ends `break`. */
  heal(): Promise<void>;
  /** How many reads of the secret the store has seen, also those that it never answered. */
  requestCount(): number;
  /** Planted credentials: none of them may ever be seen in an error. */
  readonly secrets: readonly string[];
  /** Options for stores whose value may be a JSON object: none for the value as a whole, or one of its members. */
  readonly fields?:
    | {
        readonly whole: Record<string, unknown>;
        readonly field: (name: string) => Record<string, unknown>;
      }
    | undefined;
  /** Options whose paths or names try to leave their place, such as `{ path: '../../sys/seal' }`; each must be refused. */
  readonly hostilePaths?: readonly Record<string, unknown>[] | undefined;
  /** What the store asks for in the mode `throttled`, in milliseconds; undefined where it asks for nothing. */
  readonly retryAfterMs?: number | undefined;
  /** Case ids that this store can't be put through, each with the reason that is printed. */
  readonly unsupported?: Partial<Record<string, string>> | undefined;
  close(): Promise<void>;
}
