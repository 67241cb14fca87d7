import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { startLoopbackServer } from './loopback-server.ts';
import { createRequestLog, type RecordedRequest } from './request-log.ts';

/** The storage beside the API, on an origin of its own, as the API's signed URLs lead to it. */
export interface FakeStorage {
  /** Such as `http://127.0.0.1:41235`. */
  readonly origin: string;
  /** Every request that was received whole, in order of arrival. */
  readonly requests: readonly RecordedRequest[];
  /** The content of each file, as text, by its path, such as `api-assets/…/image.png`. */
  readonly files: ReadonlyMap<string, string>;
}

export interface SignedUrl {
  readonly url: string;
  readonly expiresAt: string;
}

/** What the API does with it. */
export interface StorageAdmin extends FakeStorage {
  put(path: string, content: string): void;
  /** A URL for this path that carries its permission in the query, for one method. */
  sign(method: 'GET' | 'PUT', path: string): SignedUrl;
  close(): Promise<void>;
}

const NEVER = '2099-01-01T00:00:00.000Z';

/**
 * A request is answered by its signature alone. One that brings an `Authorization` besides is refused with 400, as
 * Amazon's storage does ("Only one auth mechanism allowed").
 */
export async function startFakeStorage(): Promise<StorageAdmin> {
  const files = new Map<string, string>();
  const signatures = new Map<string, string>();
  const log = createRequestLog();

  function judge({ method, path, authorization }: RecordedRequest): number {
    if (authorization !== undefined) return 400;
    const url = new URL(path, 'http://storage');
    if (signatures.get(url.searchParams.get('signature') ?? '') !== `${method} ${url.pathname}`) return 403;
    return method === 'PUT' || files.has(url.pathname.slice(1)) ? 200 : 404;
  }

  async function serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await log.record(message);
    const status = judge(request);
    const path = new URL(request.path, 'http://storage').pathname.slice(1);
    if (status === 200 && request.method === 'PUT') files.set(path, request.body);
    log.noteStatus(request, status);
    response.statusCode = status;
    response.end(status === 200 && request.method === 'GET' ? files.get(path) : '');
  }

  const server = await startLoopbackServer((message, response) => {
    serve(message, response).catch(() => response.destroy());
  });

  return {
    origin: server.origin,
    requests: log.requests,
    files,
    put: (path, content) => void files.set(path, content),
    sign(method, path) {
      const signature = randomUUID();
      signatures.set(signature, `${method} /${path}`);
      return { url: `${server.origin}/${path}?signature=${signature}`, expiresAt: NEVER };
    },
    close: () => server.close(),
  };
}
