import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { bearerToken } from '../../bearer-token.ts';
import type { RecordedRequest } from '../../request-log.ts';
import { createWaiting } from '../../waiting.ts';

/** A request as the services of Google understand it. It holds tokens, so do not print it. */
export interface FakeGcpRequest extends RecordedRequest {
  readonly transport: 'grpc' | 'rest';
  /** Such as `"AccessSecretVersion"`; `"metadata"`, `"sts"` and `"impersonation"` of the services that give tokens. */
  readonly operation: string;
  /** Of the version or the secret. */
  readonly name: string;
  /** Which connection it came by, counted from 1. */
  readonly connection: number;
}

type About = Pick<FakeGcpRequest, 'transport' | 'operation' | 'name' | 'path' | 'body'>;
interface Carrier {
  readonly method?: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly socket: Socket;
}

/** Every request in the order in which it arrived whole. */
export interface GcpRequestLog {
  readonly requests: readonly FakeGcpRequest[];
  record(about: About, carrier: Carrier): FakeGcpRequest;
  noteStatus(request: FakeGcpRequest, status: number): void;
  /** It is answered, or given up. */
  noteEnd(request: FakeGcpRequest): void;
  /** Resolves as soon as that many requests were given up before they were answered. */
  whenAbandoned(count: number): Promise<void>;
}

export function createGcpRequestLog(): GcpRequestLog {
  const requests: FakeGcpRequest[] = [];
  const connections = new Map<number, number>();
  const waiting = createWaiting();
  let abandoned = 0;

  /** A socket of HTTP/2 is a stand-in that has the port of the real one. */
  function connectionOf({ remotePort = 0 }: Socket): number {
    const known = connections.get(remotePort) ?? connections.size + 1;
    connections.set(remotePort, known);
    return known;
  }

  return {
    requests,
    record(about, { method = '', headers, socket }) {
      const { authorization } = headers;
      const request: FakeGcpRequest = {
        ...about,
        method,
        headers,
        authorization,
        keyLast4: bearerToken(authorization)?.slice(-4),
        connection: connectionOf(socket),
        status: undefined,
      };
      requests.push(request);
      return request;
    },
    noteStatus: (request, status) => void Object.assign(request, { status }),
    noteEnd(request) {
      if (request.status === undefined) abandoned += 1;
      waiting.look();
    },
    whenAbandoned: (count) => waiting.when(() => abandoned >= count),
  };
}
