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

export interface FaultQueue {
  add(fault: GcpFault, options?: FaultOptions): void;
  /** The oldest that is meant for this operation, and uses it up. */
  take(operation: string): GcpFault | undefined;
  clear(): void;
}

export function createFaultQueue(): FaultQueue {
  let queue: { readonly fault: GcpFault; readonly operation: string | undefined; left: number }[] = [];
  return {
    add(fault, { times = Infinity, operation } = {}) {
      queue.push({ fault, operation, left: times });
    },
    take(operation) {
      const entry = queue.find((candidate) => (candidate.operation ?? operation) === operation);
      if (!entry) return undefined;
      entry.left -= 1;
      if (entry.left <= 0) queue = queue.filter((candidate) => candidate !== entry);
      return entry.fault;
    },
    clear() {
      queue = [];
    },
  };
}
