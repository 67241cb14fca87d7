import type { CertificateKind } from './certificates.ts';
import type { Fault } from './connection.ts';
import { halfOpen, resetPeer, silent, tlsCut } from './connection-faults.ts';
import type { FaultName } from './faults.ts';
import { http2Goaway, http2ResetStream } from './http2-faults.ts';
import {
  contentLengthTooLong,
  contentLengthTooShort,
  endlessChunks,
  endlessHeaders,
  gzipBomb,
  html,
  hugeJson,
  informationalFlood,
  noContent,
  notHttp,
  redirectLoop,
  resetAfterHeaders,
  trickle,
} from './http-faults.ts';
import { bandwidth, latency, limitData, slicer, slowClose, timeout } from './stream-faults.ts';

/** What each fault does to a connection. The others change the listener, the certificate or the name. */
export const CONNECTION_FAULTS: Readonly<Partial<Record<FaultName, Fault>>> = {
  latency,
  bandwidth,
  'slow-close': slowClose,
  timeout,
  'reset-peer': resetPeer,
  slicer,
  'limit-data': limitData,
  silent,
  'half-open': halfOpen,
  'tls-cut': tlsCut,
  'not-http': notHttp,
  'endless-headers': endlessHeaders,
  'reset-after-headers': resetAfterHeaders,
  trickle,
  'content-length-too-long': contentLengthTooLong,
  'content-length-too-short': contentLengthTooShort,
  'endless-chunks': endlessChunks,
  'gzip-bomb': gzipBomb,
  'huge-json': hugeJson,
  html,
  'no-content': noContent,
  'informational-flood': informationalFlood,
  'redirect-loop': redirectLoop,
  'http2-goaway': http2Goaway,
  'http2-reset-stream': http2ResetStream,
};

export const CERTIFICATE_OF: Readonly<Partial<Record<FaultName, CertificateKind>>> = {
  'tls-expired': 'expired',
  'tls-wrong-host': 'wrong-host',
  'tls-self-signed': 'self-signed',
};
