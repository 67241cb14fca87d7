import { Agent as HttpAgent, type ClientRequest } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { KeyError, type KeyProvider } from '@magic-hour-keys/core';
import { addKeyLate } from '../add-key-late.ts';
import { createAuthorizer, type Authorizer } from '../authorizer.ts';
import type { AuthorizerOptions } from '../authorizer-options.ts';
import { AUTHORIZATION } from '../bearer-header.ts';
import { wrapAgent } from '../wrap-agent.ts';

export interface KeyAgentsOptions extends Omit<AuthorizerOptions, 'replay'> {
  /** The agents that connect, such as those of a proxy. Default: new ones that keep connections alive. */
  readonly agents?:
    | { readonly http?: HttpAgent | undefined; readonly https?: HttpsAgent | undefined }
    | undefined;
}

/** One agent for each protocol. */
export interface KeyAgents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

/**
 * Agents that put the key on requests to `https://api.magichour.ai`, for clients over `node:http` that accept nothing
 * but an agent. They see every request and every redirect just before it is sent, with the address to which it really
 * goes.
 *
 * An agent can not wait and can not send a request twice: read the key once before the first request
 * (`await provider.getKey()`), and after a 401 send again by yourself, or with `withKey`. A request for which there is
 * no key in memory fails with `unavailable`, and the key is read for the next one.
 *
 * @throws KeyError `invalid_config` for an option that makes no sense; `unsupported` in a browser.
 */
export function createKeyAgents(provider: KeyProvider, options: KeyAgentsOptions = {}): KeyAgents {
  const authorizer = createAuthorizer(provider, options);
  const { http = new HttpAgent({ keepAlive: true }), https = new HttpsAgent({ keepAlive: true }) } =
    options.agents ?? {};
  const prepare = (request: ClientRequest, origin: string | undefined): void =>
    authorize(authorizer, request, origin);
  return { http: wrapAgent(http, 'http:', prepare), https: wrapAgent(https, 'https:', prepare) };
}

function authorize(authorizer: Authorizer, request: ClientRequest, origin: string | undefined): void {
  const url = origin === undefined ? undefined : authorizer.judge(origin);
  // Headers that were given as an array are sent already as far as Node is concerned.
  if (url === undefined || request.headersSent || request.hasHeader(AUTHORIZATION)) return;
  const key = authorizer.peekKey();
  if (!key) {
    // For the next request; why it fails is told by the provider's own events.
    authorizer.getKey().catch(() => {});
    throw new KeyError({
      code: 'unavailable',
      message: 'the request was not sent, because the key is not in memory, and an agent can not wait for it',
      hint: 'Call `await provider.getKey()` once before the first request.',
    });
  }
  addKeyLate(request, authorizer.headerFor(key), ({ statusCode }) => {
    if (statusCode !== 401) return;
    const { method } = request;
    authorizer.renew(key, { url: url + request.path.slice(1), method, replayable: false }).catch(() => {});
  });
}
