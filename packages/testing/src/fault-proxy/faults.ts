/** Where in a connection a fault happens. `tls` faults need a proxy that speaks TLS. */
export type FaultLayer = 'name' | 'connection' | 'tls' | 'stream' | 'http' | 'http2';

export interface FaultInfo {
  /** What a client meets. */
  readonly description: string;
  readonly layer: FaultLayer;
  /** Milliseconds and bytes of this fault, where it has any: what `setFault` may change, and their defaults. */
  readonly settings: FaultSettings;
}

export interface FaultSettings {
  readonly ms?: number | undefined;
  readonly bytes?: number | undefined;
}

/** The name of each fault, in the order in which a connection meets them. The first eight are Toxiproxy's toxics. */
export type FaultName =
  | 'latency'
  | 'down'
  | 'bandwidth'
  | 'slow-close'
  | 'timeout'
  | 'reset-peer'
  | 'slicer'
  | 'limit-data'
  | 'dns-failure'
  | 'silent'
  | 'half-open'
  | 'tls-expired'
  | 'tls-wrong-host'
  | 'tls-self-signed'
  | 'tls-cut'
  | 'not-http'
  | 'endless-headers'
  | 'reset-after-headers'
  | 'trickle'
  | 'content-length-too-long'
  | 'content-length-too-short'
  | 'endless-chunks'
  | 'gzip-bomb'
  | 'huge-json'
  | 'html'
  | 'no-content'
  | 'informational-flood'
  | 'redirect-loop'
  | 'http2-goaway'
  | 'http2-reset-stream';

const SECOND = 1000;

function fault(layer: FaultLayer, description: string, settings: FaultSettings = {}): FaultInfo {
  return { layer, description, settings };
}

export const FAULTS: Readonly<Record<FaultName, FaultInfo>> = {
  latency: fault('stream', 'every answer comes `ms` late', { ms: SECOND }),
  down: fault('connection', 'nobody listens, so connections are refused'),
  bandwidth: fault('stream', 'answers come at `bytes` a second', { bytes: 10 }),
  'slow-close': fault('stream', 'the connection stays open for `ms` after the answer has ended', {
    ms: SECOND,
  }),
  timeout: fault('stream', 'no data gets through, and the connection is closed after `ms`', { ms: SECOND }),
  'reset-peer': fault('connection', 'the connection is reset `ms` after it was accepted', { ms: 0 }),
  slicer: fault('stream', 'answers come in slices of `bytes`, each after `ms`', { ms: 10, bytes: 16 }),
  'limit-data': fault('stream', 'the connection is closed after `bytes` of the answer', { bytes: 100 }),
  'dns-failure': fault('name', 'the host name does not exist'),
  silent: fault('connection', 'the connection is accepted, and nothing is ever said'),
  'half-open': fault('connection', 'the other side has ended before it was asked, and does not hang up'),
  'tls-expired': fault('tls', 'the certificate has expired'),
  'tls-wrong-host': fault('tls', 'the certificate is for another host'),
  'tls-self-signed': fault('tls', 'the certificate is signed by itself'),
  'tls-cut': fault('tls', 'the connection is closed in the middle of the handshake'),
  'not-http': fault('http', 'the answer is of another protocol'),
  'endless-headers': fault('http', 'a header comes every `ms`, and they never end', { ms: 10 }),
  'reset-after-headers': fault('http', 'the connection is reset `ms` after the headers', { ms: 20 }),
  trickle: fault('http', 'the body comes one byte every `ms`', { ms: SECOND }),
  'content-length-too-long': fault('http', 'the body ends before its announced length'),
  'content-length-too-short': fault('http', 'the body goes on after its announced length'),
  'endless-chunks': fault('http', 'a chunk of `bytes` comes every `ms`, and there is no last one', {
    ms: 1,
    bytes: 4096,
  }),
  'gzip-bomb': fault('http', 'a small body unpacks to `bytes`', { bytes: 64 * 2 ** 20 }),
  'huge-json': fault('http', 'the body is JSON of `bytes`', { bytes: 10_000_000 }),
  html: fault('http', 'a 200 with a web page, as a login portal answers'),
  'no-content': fault('http', 'a 204 without a body'),
  'informational-flood': fault('http', 'a 103 comes every `ms`, and never the answer', { ms: 1 }),
  'redirect-loop': fault('http', 'a 307 to the same place, every time'),
  'http2-goaway': fault('http2', 'HTTP/2, whose session ends with GOAWAY at the first request'),
  'http2-reset-stream': fault('http2', 'HTTP/2, where every request is answered with RST_STREAM'),
};

export const FAULT_NAMES: readonly FaultName[] = Object.keys(FAULTS) as FaultName[];
