import type { GcpRefusal } from './refusal.ts';

/** What goes wrong with a request that has arrived whole. */
export type GcpFault =
  /** An error of Google, such as `{ status: 'RESOURCE_EXHAUSTED', message: '', retryDelaySeconds: 2 }`. */
  | GcpRefusal
  /** Any text in the place of an answer: over REST the body, over gRPC the message. */
  | {
      readonly text: string | Uint8Array;
      /** Default 200. */
      readonly httpStatus?: number | undefined;
      readonly contentType?: string | undefined;
      readonly retryAfterSeconds?: number | undefined;
    }
  /** The payload is changed, and its checksum is not. */
  | 'damage'
  /** The connection is reset. */
  | 'reset';

export interface FaultOptions {
  /** How many requests it happens to. Default: until `heal()`. */
  readonly times?: number | undefined;
  /** Such as `"AccessSecretVersion"`, `"metadata"`, `"sts"` or `"impersonation"`. Default: all. */
  readonly operation?: string | undefined;
}
