import { globalAgent as httpAgent, type Agent } from 'node:http';
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

/** Puts the key on one request. @returns what puts its config back. */
export type AddKey = (config: RoutedConfig, header: string) => () => void;

/**
 * Puts the key on a request just before it is sent, and on each hop that may have it, by the agents: then it is in
 * nothing that axios or follow-redirects shows. The config is as before afterwards.
 */
export function createAddKeyByAgents(guard: Allows): AddKey {
  const keyed = { http: rememberAgents('http:', guard), https: rememberAgents('https:', guard) };
  return (config, header) => {
    const restoreHttp = replaceMember(config, 'httpAgent', keyed.http(config.httpAgent ?? httpAgent, header));
    const restoreHttps = replaceMember(
      config,
      'httpsAgent',
      keyed.https(config.httpsAgent ?? httpsAgent, header),
    );
    return () => {
      restoreHttp();
      restoreHttps();
    };
  };
}

/**
 * Agents that put the header on. There is one header at a time, and while it lasts they are made once: a new one for
 * each request would be the dearest part of it.
 */
function rememberAgents(
  protocol: 'http:' | 'https:',
  guard: Allows,
): (agent: Agent, header: string) => Agent {
  let last: { readonly header: string; readonly agents: WeakMap<Agent, Agent> } | undefined;
  return (agent, header) => {
    if (last?.header !== header) last = { header, agents: new WeakMap() };
    const known = last.agents.get(agent);
    if (known) return known;
    const keyed = wrapAgent(agent, protocol, (request, origin) => {
      if (origin === undefined || !guard.allows(origin) || request.hasHeader(AUTHORIZATION)) return;
      addKeyLate(request, header);
    });
    last.agents.set(agent, keyed);
    return keyed;
  };
}

/** Puts the key into the headers while the request runs, and takes it off where a redirect may not have it. */
export function createAddKeyToHeaders(guard: Allows): AddKey {
  return (config, header) => {
    config.headers.set(AUTHORIZATION, header);
    const removeGuard = guardRedirects(config, guard);
    return () => {
      config.headers.delete(AUTHORIZATION);
      removeGuard();
    };
  };
}

/**
 * Whether the agents of the config are those that connect to this URL: for proxies, axios makes others. Where a redirect
 * leads to a proxy nevertheless, because http and https have different ones, it goes on without the key.
 */
export function usesOwnAgents({ proxy, transport, httpVersion }: RoutedConfig, url: string): boolean {
  if (transport || Number(httpVersion) === 2) return false;
  return proxy === false || (!proxy && !hasProxyVariable(url));
}

/**
 * Where axios looks for a proxy. Each is asked of the operating system, so only those of the protocol are. What NO_PROXY
 * exempts is not looked at: axios has 300 lines of rules for it, which change with its versions, and where we took one
 * of them otherwise, the request would go to the proxy without the key.
 */
const PROXY_VARIABLES = { http: listVariables('http_proxy'), https: listVariables('https_proxy') };

function listVariables(ofProtocol: string): readonly string[] {
  const names = [ofProtocol, 'all_proxy'].flatMap((name) => [name, name.toUpperCase(), `npm_config_${name}`]);
  return [...names, 'npm_config_proxy'];
}

function hasProxyVariable(url: string): boolean {
  const names = url.startsWith('https:') ? PROXY_VARIABLES.https : PROXY_VARIABLES.http;
  return names.some((name) => env[name]);
}

function replaceMember(config: RoutedConfig, name: 'httpAgent' | 'httpsAgent', ours: Agent): () => void {
  const own = Object.getOwnPropertyDescriptor(config, name);
  config[name] = ours;
  return () => {
    if (own) Object.defineProperty(config, name, own);
    else delete config[name];
  };
}
