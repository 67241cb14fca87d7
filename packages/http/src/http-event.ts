/**
 * What happened to a request, for logs and metrics. The fields are strings only, and none of them is secret: of a URL
 * there is the origin, never a path or a query. New types may appear in minor versions: a listener ignores what it
 * does not know. What happened to the key itself is told by the provider's own events.
 */
export type HttpEvent =
  /** A request went to an origin that is not on the allow-list, without the key. */
  | { readonly type: 'foreign-origin'; readonly origin: string }
  /** The API answered 401 to a request that carried the key. */
  | {
      readonly type: 'unauthorized';
      readonly origin: string;
      /** Undefined for a client that has no adapter. */
      readonly method?: string | undefined;
      /** The last four characters of the refused key. */
      readonly last4: string;
      /**
       * - `replayed`: the request is sent once more, with another key
       * - `no-other-key`: the store has no other key, or could not say; the caller gets the 401
       * - `not-replayable`: there is another key for the next call, but this body can be sent only once
       * - `replay-refused`: there is another key, but the option `replay` says no
       */
      readonly outcome: 'replayed' | 'no-other-key' | 'not-replayable' | 'replay-refused';
    };
