import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { Proxy } from './proxy.ts';
import type { ProxyTrust } from './proxy-trust.ts';
import { createTransportError, toTransportError } from './transport-error.ts';
import type { TlsSettings } from './transport.ts';

export interface TunnelTarget {
  readonly host: string;
  readonly port: number;
  /** The name that the certificate must bear; undefined for an IP address. */
  readonly servername: string | undefined;
  readonly tls: TlsSettings;
  readonly proxyTrust: () => ProxyTrust;
  /** An abort ends the attempt. */
  readonly signal: AbortSignal | undefined;
}

/** A TLS connection to the target through the proxy's CONNECT (RFC 9110 section 9.3.6). */
export async function openTunnel(proxy: Proxy, target: TunnelTarget): Promise<TLSSocket> {
  const socket = await connectThrough(proxy, target);
  return secure(socket, target);
}

function connectThrough(proxy: Proxy, { host, port, proxyTrust, signal }: TunnelTarget): Promise<Socket> {
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return new Promise((resolve, reject) => {
    const send = proxy.isSecure ? httpsRequest : httpRequest;
    const asked = send({
      method: 'CONNECT',
      hostname: proxy.hostname,
      port: proxy.port,
      path: authority,
      headers: {
        host: authority,
        ...(proxy.authorization !== undefined && { 'proxy-authorization': proxy.authorization }),
      },
      agent: false,
      ...(proxy.isSecure && proxyTrust()),
    });
    const stop = onAbort(signal, () => asked.destroy(createTransportError('CONNECTION_ENDED')));
    asked.on('error', (raw) => reject(toTransportError(raw, true)));
    asked.on('close', () => {
      stop();
      reject(createTransportError('CONNECTION_ENDED', { atProxy: true }));
    });
    // Node calls this for every status, since no body follows that it could read.
    asked.on('connect', ({ statusCode = 0 }, socket: Socket, head: Buffer) => {
      stop();
      if (statusCode === 200 && head.length === 0) return resolve(socket);
      socket.destroy();
      reject(createTransportError('PROXY_REFUSED', { atProxy: true, status: statusCode }));
    });
    asked.end();
  });
}

function secure(socket: Socket, { servername, host, tls, signal }: TunnelTarget): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const secured = connectTls({
      ...(servername !== undefined && { servername }),
      ...tls,
      socket,
      host,
      rejectUnauthorized: true,
    });
    const stop = onAbort(signal, () => secured.destroy());
    secured.on('error', (raw) => {
      socket.destroy();
      reject(toTransportError(raw));
    });
    secured.on('close', () => {
      stop();
      reject(createTransportError('CONNECTION_ENDED'));
    });
    secured.once('secureConnect', () => {
      stop();
      resolve(secured);
    });
  });
}

function onAbort(signal: AbortSignal | undefined, run: () => void): () => void {
  signal?.addEventListener('abort', run, { once: true });
  if (signal?.aborted) run();
  return () => signal?.removeEventListener('abort', run);
}
