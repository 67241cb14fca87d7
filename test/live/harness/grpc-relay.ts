import {
  connect,
  constants,
  createServer,
  type ClientHttp2Session,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';

/** What a read of the secret gets in place of the store's answer. */
export type GrpcRelayAnswer =
  | 'hang'
  /** A status, with its details in the form of the trailer `grpc-status-details-bin`. */
  | { readonly status: number; readonly details?: string | undefined }
  /** A success with these bytes as its message. */
  | { readonly message: Uint8Array };

export interface GrpcRelayOptions {
  /** The real endpoint, http or https. */
  readonly upstream: string;
  /** Whether a call of this path is a read of the secret: those are counted, and answered while the relay is told to. */
  readonly isRead: (path: string) => boolean;
}

/** What `startRelay` is for HTTP: stands between a backend and a real store that is asked over gRPC. */
export interface GrpcRelay {
  /** Such as `http://127.0.0.1:41234`: HTTP/2 without TLS. */
  readonly origin: string;
  /** How many reads of the secret there were, also those that got no answer. */
  readonly reads: number;
  /** Every `authorization` that was sent. */
  readonly logins: readonly string[];
  answer(answer: GrpcRelayAnswer): void;
  /** Reads reach the store again; those that hang are cut off. */
  heal(): void;
  close(): Promise<void>;
}

export async function startGrpcRelay({ upstream, isRead }: GrpcRelayOptions): Promise<GrpcRelay> {
  const server = createServer();
  const sessions = new Set<ServerHttp2Session>();
  const hanging = new Set<ServerHttp2Stream>();
  const logins = new Set<string>();
  const onward = createOnward(upstream);
  let answer: GrpcRelayAnswer | undefined;
  let reads = 0;

  server.on('session', (session) => {
    sessions.add(session);
    session.on('error', () => undefined);
    session.once('close', () => sessions.delete(session));
  });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    if (headers.authorization !== undefined) logins.add(headers.authorization);
    const counts = isRead(headers[':path'] ?? '');
    if (counts) reads += 1;
    if (!counts || answer === undefined) onward.pass(stream, headers);
    else if (answer === 'hang') hanging.add(stream);
    else respond(stream, answer);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });

  function heal(): void {
    answer = undefined;
    for (const stream of hanging) stream.close(constants.NGHTTP2_CANCEL);
    hanging.clear();
  }

  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get reads() {
      return reads;
    },
    get logins() {
      return [...logins];
    },
    answer: (next) => void (answer = next),
    heal,
    async close() {
      heal();
      for (const session of sessions) session.destroy();
      onward.close();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

const GRPC = { ':status': 200, 'content-type': 'application/grpc' };

function respond(stream: ServerHttp2Stream, answer: Exclude<GrpcRelayAnswer, 'hang'>): void {
  if ('status' in answer) {
    const { status, details } = answer;
    const trailers = { 'grpc-status': String(status), 'grpc-message': 'refused' };
    const more = details === undefined ? {} : { 'grpc-status-details-bin': details };
    stream.respond({ ...GRPC, ...trailers, ...more }, { endStream: true });
    return;
  }
  const head = Buffer.alloc(5);
  head.writeUInt32BE(answer.message.length, 1);
  stream.respond(GRPC, { waitForTrailers: true });
  stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  stream.end(Buffer.concat([head, answer.message]));
}

/** The way to the real endpoint, over one session for as long as that lives. */
function createOnward(upstream: string): {
  pass(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void;
  close(): void;
} {
  const { host, protocol } = new URL(upstream);
  let session: ClientHttp2Session | undefined;

  function open(): ClientHttp2Session {
    if (session && !session.closed && !session.destroyed) return session;
    const opened = connect(upstream);
    // The streams tell of it themselves.
    opened.on('error', () => undefined);
    session = opened;
    return opened;
  }

  return {
    pass(stream, headers) {
      const target = { ':authority': host, ':scheme': protocol.replace(':', '') };
      const outgoing = open().request({ ...headers, ...target });
      let trailers: OutgoingHttpHeaders = {};
      outgoing.on('trailers', (received: IncomingHttpHeaders) => void (trailers = plain(received)));
      outgoing.on('response', (received, flags) => {
        if (stream.destroyed) return;
        const isWhole = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
        stream.respond(plain(received), isWhole ? { endStream: true } : { waitForTrailers: true });
      });
      stream.on('wantTrailers', () => stream.sendTrailers(trailers));
      // A store that can't be reached is seen as such: the stream ends.
      outgoing.on('error', () => stream.close(constants.NGHTTP2_INTERNAL_ERROR));
      stream.on('close', () => outgoing.close());
      stream.pipe(outgoing);
      outgoing.pipe(stream);
    },
    close: () => session?.destroy(),
  };
}

function plain(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  return { ...headers };
}
