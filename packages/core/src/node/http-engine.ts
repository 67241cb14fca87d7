import { collectBody } from './collect-body.ts';
import { createExchangeRunner, type Exchange, type ExchangeCall } from './exchange.ts';
import { createHttpRoutes } from './http-routes.ts';
import type { ProxyEnvironment } from './proxy.ts';
import type { TlsSettings } from './transport.ts';

/** All of a transport that needs node:https, as one module that is loaded by the first request. */
export interface HttpEngine {
  run(call: ExchangeCall): Promise<Exchange>;
  /** @throws TransportError `BODY_TOO_LARGE` */
  collect(exchange: Exchange, maxBytes: number): Promise<string>;
  close(): void;
}

export function createHttpEngine(tls: TlsSettings, environment: ProxyEnvironment): HttpEngine {
  const routes = createHttpRoutes(tls, environment);
  const runner = createExchangeRunner(routes);
  return {
    run: (call) => runner.run(call),
    async collect(exchange, maxBytes) {
      const declaredBytes = Number(exchange.message.headers['content-length'] ?? 0);
      return collectBody(exchange.chunks(), declaredBytes, maxBytes);
    },
    close() {
      runner.close();
      routes.close();
    },
  };
}
