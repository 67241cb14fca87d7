import { globalAgent as httpAgent, type Agent, type ClientRequest } from 'node:http';
import { globalAgent as httpsAgent } from 'node:https';
import { env } from 'node:process';
import { addKeyLate } from '../add-key-late.ts';
import type { Authorizer } from '../authorizer.ts';
import { AUTHORIZATION } from '../bearer-header.ts';
import { wrapAgent } from '../wrap-agent.ts';
import { guardRedirects, type RedirectingConfig } from './guard-redirects.ts';

/** What has to do with the way of a request. */
export interface RoutedConfig extends RedirectingConfig {
  readonly headers: {
    has(name: string): boolean;
    set(name: string, value: string): unknown;
    delete(name: string): unknown;
  };
  readonly proxy?: unknown;
  readonly transport?: unknown;
  readonly httpVersion?: unknown;
  httpAgent?: Agent | undefined;
  httpsAgent?: Agent | undefined;
}

type Allows = Pick<Authorizer, 'allows'>;

/**
 * Puts the key on a request just before it is sent, and on each hop that may have it, by the agents: then it is in
 * nothing that axios or follow-redirects shows. The config is as before afterwards.
 *
 * @returns what puts the config back.
 */
export function addKeyByAgents(config: RoutedConfig, header: string, guard: Allows): () => void {
  const prepare = (request: ClientRequest, origin: string | undefined): void => {
    if (origin === undefined || !guard.allows(origin) || request.hasHeader(AUTHORIZATION)) return;
    addKeyLate(request, header);
  };
  const http = replaceMember(config, 'httpAgent', (own) => wrapAgent(own ?? httpAgent, 'http:', prepare));
  const https = replaceMember(config, 'httpsAgent', (own) => wrapAgent(own ?? httpsAgent, 'https:', prepare));
  return () => {
    http();
    https();
  };
}

/** Puts the key into the headers while the request runs. @returns what puts the config back. */
export function addKeyToHeaders(config: RoutedConfig, header: string, guard: Allows): () => void {
  config.headers.set(AUTHORIZATION, header);
  const removeGuard = guardRedirects(config, guard);
  return () => {
    config.headers.delete(AUTHORIZATION);
    removeGuard();
  };
}

/** Whether the agents of the config are those that connect: for proxies, axios makes others. */
export function usesOwnAgents({ proxy, transport, httpVersion }: RoutedConfig): boolean {
  if (transport || Number(httpVersion) === 2) return false;
  return proxy === false || (!proxy && !hasProxyVariable());
}

/** Where axios looks for a proxy. */
const PROXY_VARIABLES = ['https_proxy', 'http_proxy', 'all_proxy'].flatMap((name) => [
  name,
  name.toUpperCase(),
  `npm_config_${name}`,
]);

function hasProxyVariable(): boolean {
  return env['npm_config_proxy'] ? true : PROXY_VARIABLES.some((name) => env[name]);
}

function replaceMember(
  config: RoutedConfig,
  name: 'httpAgent' | 'httpsAgent',
  make: (own: Agent | undefined) => Agent,
): () => void {
  const own = Object.getOwnPropertyDescriptor(config, name);
  config[name] = make(config[name]);
  return () => {
    if (own) Object.defineProperty(config, name, own);
    else delete config[name];
  };
}
