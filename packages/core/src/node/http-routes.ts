import {
  Agent as HttpAgent,
  request as httpRequest,
  type ClientRequest,
  type RequestOptions,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { createProxyFinder, type Proxy, type ProxyEnvironment } from './proxy.ts';
import { createProxyTrust } from './proxy-trust.ts';
import type { TlsSettings } from './transport.ts';
import { openTunnel } from './tunnel.ts';

/** Balancers cut idle connections after four to six minutes, often without telling; so they are given up earlier. */
const IDLE_MS = 60_000;

export interface OutgoingCall {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal | undefined;
}

/** How a request gets to its host: straight, by absolute URL over a proxy, or through a tunnel. */
export interface HttpRoutes {
  /** @throws TransportError `INVALID_PROXY`; and what Node throws for a method or a header that is not allowed. */
  start(call: OutgoingCall): ClientRequest;
  /** Whether this URL leaves through a proxy without a tunnel, so that a failure to connect is the proxy's. */
  isProxied(url: URL): boolean;
  close(): void;
}

/** What `createConnection` gets to know of one request. Node passes unknown options on to it. */
interface ConnectionOptions {
  readonly host?: string | null | undefined;
  readonly port?: number | string | null | undefined;
  readonly servername?: string | undefined;
  readonly giveUp?: AbortSignal | undefined;
}

type Connected = (error: Error | null, socket?: Duplex) => void;

export function createHttpRoutes(tls: TlsSettings, environment: ProxyEnvironment): HttpRoutes {
  const findProxy = createProxyFinder(environment);
  const settings = { keepAlive: true, timeout: IDLE_MS };
  const direct = new HttpAgent(settings);
  // Explicit, because the default of this option is what NODE_TLS_REJECT_UNAUTHORIZED says.
  const verified = new HttpsAgent({ ...settings, ...tls, rejectUnauthorized: true });
  const toProxy = new HttpsAgent(settings);
  const proxyTrust = createProxyTrust(tls);
  const tunnelled = new HttpsAgent({ ...settings, rejectUnauthorized: true });
  let tunnelProxy: Proxy | undefined;
  // One agent serves them all: there is one proxy for https, and the target is part of the name in the pool.
  Object.assign(tunnelled, {
    createConnection(options: ConnectionOptions, connected: Connected): undefined {
      const { host, port, servername, giveUp } = options;
      if (!tunnelProxy) return;
      openTunnel(tunnelProxy, {
        host: host ?? '',
        port: Number(port),
        servername: servername === '' ? undefined : servername,
        tls,
        proxyTrust,
        signal: giveUp,
      }).then((socket) => connected(null, socket), connected);
    },
  });

  function start(call: OutgoingCall): ClientRequest {
    const { url, headers } = call;
    const proxy = findProxy(url);
    const request = open(call, proxy);
    try {
      // Not among the options: with NODE_DEBUG=http Node prints those of each new connection.
      for (const [name, value] of Object.entries(headers)) request.setHeader(name, value);
    } catch (error) {
      request.once('error', () => undefined).destroy();
      throw error;
    }
    return request;
  }

  function open({ method, url, signal }: OutgoingCall, proxy: Proxy | undefined): ClientRequest {
    const target = { ...targetOf(url), method };
    if (url.protocol === 'https:' && !proxy) {
      return httpsRequest({ ...target, agent: verified, rejectUnauthorized: true });
    }
    if (url.protocol === 'https:') {
      tunnelProxy = proxy;
      return httpsRequest({ ...target, agent: tunnelled, giveUp: signal } as RequestOptions);
    }
    if (!proxy) return httpRequest({ ...target, agent: direct });
    const send = proxy.isSecure ? httpsRequest : httpRequest;
    return send({
      method,
      hostname: proxy.hostname,
      port: proxy.port,
      path: `${url.origin}${url.pathname}${url.search}`,
      headers: {
        host: url.host,
        ...(proxy.authorization !== undefined && { 'proxy-authorization': proxy.authorization }),
      },
      agent: proxy.isSecure ? toProxy : direct,
      ...(proxy.isSecure && proxyTrust()),
    });
  }

  return {
    start,
    isProxied: (url) => url.protocol === 'http:' && findProxy(url) !== undefined,
    close() {
      for (const agent of [direct, verified, toProxy, tunnelled]) agent.destroy();
    },
  };
}

function targetOf({ protocol, hostname, port, pathname, search }: URL): RequestOptions & ConnectionOptions {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  return {
    hostname: host,
    port: Number(port) || (protocol === 'https:' ? 443 : 80),
    path: `${pathname}${search}`,
    ...(isIP(host) === 0 && protocol === 'https:' && { servername: host }),
  };
}
