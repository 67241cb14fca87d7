import { withoutUndefined } from '../without-undefined.ts';
import type { Exchange } from './exchange.ts';
import type { HttpEngine } from './http-engine.ts';
import { createTransportError } from './transport-error.ts';

/** What a server must prove, and what this side proves to it. All in PEM. */
export interface TlsSettings {
  /** One or more certificates, trusted instead of the usual CAs. */
  readonly ca?: string | undefined;
  /** The client certificate. */
  readonly cert?: string | undefined;
  /** The private key of the client certificate. A secret. */
  readonly key?: string | undefined;
  /** The name that the server's certificate must bear, where it is not the host of the URL. */
  readonly servername?: string | undefined;
}

export interface TransportOptions extends TlsSettings {
  /** Where the proxy variables are looked up. Default `process.env`; `{}` for no proxy. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** The longest body that `request` takes, in bytes. Default 131,072: the largest secret of any store is half of it. */
  readonly maxBodyBytes?: number | undefined;
}

export interface TransportRequest {
  readonly method: string;
  /** http or https, without user and password. */
  readonly url: string | URL;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
  /** The deadline. An abort ends the request in every phase and rejects with the signal's own reason. */
  readonly signal?: AbortSignal | undefined;
  /** Whether waiting may keep the process running. Default true. An idle connection never does. */
  readonly keepsProcessAlive?: boolean | undefined;
}

export interface TransportHead {
  /** The HTTP status. */
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface TransportResponse extends TransportHead {
  /** Decoded as UTF-8. */
  readonly body: string;
}

export interface TransportStream extends TransportHead {
  /** The body as it arrives, without a cap. It must be read, or the signal aborted. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * A small HTTP/1.1 client for stores that must not be asked by axios or fetch. Certificates are always verified, no
 * matter what NODE_TLS_REJECT_UNAUTHORIZED says. No redirect is followed: the answer tells it, and the caller decides
 * where a token may go. Connections are kept alive for a minute.
 */
export interface Transport {
  /**
   * @throws TransportError, whose code is all there is to it: no text, no header, no part of a body. `transportFailure`
   * says what it means.
   */
  request(request: TransportRequest): Promise<TransportResponse>;
  /** For answers that have no end, such as a watch. @throws TransportError, as `request` does. */
  open(request: TransportRequest): Promise<TransportStream>;
  /** Ends every request with `TRANSPORT_CLOSED` and every connection. Can be called twice. */
  close(): void;
}

const MAX_BODY_BYTES = 131_072;

/** Creating it makes no I/O, and loads nothing: node:https takes milliseconds, which not every process has to spend. */
export function createTransport(options: TransportOptions = {}): Transport {
  // The global one: importing node:process costs 5 ms, because it opens the standard streams.
  const { environment = process.env, maxBodyBytes = MAX_BODY_BYTES } = options;
  let engine: Promise<HttpEngine> | undefined;
  let isClosed = false;

  async function loadEngine(): Promise<HttpEngine> {
    const { createHttpEngine } = await import('./http-engine.ts');
    const { ca, cert, key, servername } = options;
    return createHttpEngine(withoutUndefined({ ca, cert, key, servername }), environment);
  }

  async function start(request: TransportRequest): Promise<{ exchange: Exchange; engine: HttpEngine }> {
    const { method, body, signal, keepsProcessAlive = true } = request;
    const url = judgeUrl(request.url);
    engine ??= loadEngine();
    const loaded = await engine;
    signal?.throwIfAborted();
    if (isClosed) throw createTransportError('TRANSPORT_CLOSED');
    const headers = { ...request.headers, 'accept-encoding': 'identity' };
    const call = { method, url, headers, body, signal, keepsProcessAlive };
    const exchange = await loaded.run(call);
    const encoding = exchange.message.headers['content-encoding'] ?? 'identity';
    if (encoding !== 'identity') {
      exchange.message.destroy();
      throw createTransportError('BODY_ENCODED');
    }
    return { exchange, engine: loaded };
  }

  return {
    async request(request) {
      const { exchange, engine: loaded } = await start(request);
      return { ...headOf(exchange), body: await loaded.collect(exchange, maxBodyBytes) };
    },
    async open(request) {
      const { exchange } = await start(request);
      return { ...headOf(exchange), chunks: exchange.chunks() };
    },
    close() {
      isClosed = true;
      engine?.then(
        (loaded) => loaded.close(),
        () => undefined,
      );
    },
  };
}

function judgeUrl(text: string | URL): URL {
  const url = parseUrl(text);
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
  if (!isWeb || url.username !== '' || url.password !== '') throw createTransportError('INVALID_URL');
  return url;
}

/** Node's error quotes the URL. */
function parseUrl(text: string | URL): URL {
  try {
    return new URL(text);
  } catch {
    throw createTransportError('INVALID_URL');
  }
}

function headOf({ message }: Exchange): TransportHead {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return { status: message.statusCode ?? 0, headers };
}
