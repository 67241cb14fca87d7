import type { KeyErrorCode } from './key-error.ts';
import type { ReadReason } from './key-source.ts';

interface EventBase {
  /** The backend's name, such as `"aws"`. Of a chain, the link that answered where one did. */
  readonly source: string;
  /** Where it looks; printable, never secret. */
  readonly location: string;
}

interface KeyIdentity {
  /** The last four characters, which Magic Hour's Developer Hub lists too. */
  readonly last4: string;
  /** 16 hex digits for display only: salted anew in each process. */
  readonly fingerprint: string;
  /** The store's name for this version. */
  readonly version?: string | undefined;
}

/**
 * What happened, for logs and metrics. The fields are strings, numbers and booleans only, and none of them is secret.
 * New types may appear in minor versions: a listener ignores what it does not know.
 */
export type KeyEvent =
  /** The first key of this provider. */
  | (EventBase &
      KeyIdentity & {
        readonly type: 'resolved';
        readonly durationMs: number;
        /** The environment of the JSON config, and what decided it, such as `"NODE_ENV"`. */
        readonly environment?: string | undefined;
        readonly environmentFrom?: string | undefined;
      })
  /** The store confirmed the key in use. */
  | (EventBase & KeyIdentity & { readonly type: 'refreshed'; readonly durationMs: number })
  /** Another key is in use from now on. */
  | (EventBase &
      KeyIdentity & {
        readonly type: 'changed';
        readonly previousLast4: string;
        readonly reason: ReadReason;
        readonly durationMs: number;
      })
  /** The store could not confirm the key; the one in memory goes on being served. */
  | (EventBase & { readonly type: 'served-stale'; readonly code: KeyErrorCode; readonly ageMs: number })
  /** A read failed. */
  | (EventBase & {
      readonly type: 'failed';
      readonly code: KeyErrorCode;
      readonly reason: ReadReason;
      readonly durationMs: number;
      readonly retryInMs: number;
      readonly hint?: string | undefined;
    })
  /** The API refused a key (a 401), and the store is asked for another. */
  | (EventBase & { readonly type: 'rejected'; readonly last4: string; readonly fingerprint: string })
  /** A renewal after a rejection has ended. */
  | (EventBase & {
      readonly type: 'renewed';
      readonly outcome: 'new-key' | 'same-key' | 'store-failed';
      /** Milliseconds during which the store is not asked again for the rejected key; 0 after `new-key`. */
      readonly holdDownMs: number;
      readonly durationMs: number;
    })
  /** Something a person should look at; told once for each text. */
  | (EventBase & { readonly type: 'warning'; readonly code: string; readonly message: string })
  /** The key is older than `maxAgeMs`; at most once a day. Magic Hour advises a new key every 90 days. */
  | (EventBase & { readonly type: 'key-age'; readonly last4: string; readonly ageDays: number });
