import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { bearerToken } from './bearer-token.ts';

/** A request that a fake API received whole. */
export interface RecordedRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The whole header, for tests. */
  readonly authorization: string | undefined;
  /** Of the key in a `Bearer` header. */
  readonly keyLast4: string | undefined;
  readonly body: string;
  /** Undefined until it is answered, and for ever when the connection was cut instead. */
  readonly status: number | undefined;
}

/** Every request in the order in which it arrived. */
export interface RequestLog {
  readonly requests: readonly RecordedRequest[];
  /** Reads the request to its end. */
  record(message: IncomingMessage): Promise<RecordedRequest>;
  noteStatus(request: RecordedRequest, status: number): void;
  statusCounts(): Readonly<Record<number, number>>;
  clear(): void;
}

export function createRequestLog(): RequestLog {
  const requests: RecordedRequest[] = [];

  return {
    requests,
    async record(message) {
      const { authorization } = message.headers;
      const request: RecordedRequest = {
        method: message.method ?? '',
        path: message.url ?? '',
        headers: message.headers,
        authorization,
        keyLast4: bearerToken(authorization)?.slice(-4),
        body: await text(message),
        status: undefined,
      };
      requests.push(request);
      return request;
    },
    noteStatus: (request, status) => void Object.assign(request, { status }),
    statusCounts() {
      const counts: Record<number, number> = {};
      for (const { status } of requests) {
        if (status !== undefined) counts[status] = (counts[status] ?? 0) + 1;
      }
      return counts;
    },
    clear: () => void requests.splice(0),
  };
}
