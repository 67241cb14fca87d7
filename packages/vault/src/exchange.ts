import { parseRetryAfter } from '@magic-hour-keys/core/author';
import type { Transport, TransportResponse } from '@magic-hour-keys/core/node';
import type { VaultSettings } from './options.ts';
import { judgeRedirect } from './vault-address.ts';
import { createRefusal, type RefusalReason } from './vault-refusal.ts';

/** What node-vault hands to the function that stands in for axios. */
export interface NodeVaultRequest {
  readonly uri: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly json?: object | undefined;
  readonly signal: AbortSignal;
  readonly keepsProcessAlive: boolean;
}

export interface NodeVaultResponse {
  readonly statusCode: number;
  readonly body: unknown;
  readonly request: { readonly path: string };
}

const FOLLOWED: ReadonlySet<number> = new Set([307, 308]);
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, ...FOLLOWED]);

/**
 * Stands in for axios inside of node-vault. It follows the one redirect that a standby node answers with, to nowhere
 * but where the token may go, and turns every other answer than a success into a `VaultRefusal`.
 */
export function createExchange(
  transport: Transport,
  { runtime, allowedRedirects }: VaultSettings,
): (request: NodeVaultRequest) => Promise<NodeVaultResponse> {
  async function send(request: NodeVaultRequest, url: string): Promise<TransportResponse> {
    const { method, headers, json, signal, keepsProcessAlive } = request;
    const body = json && JSON.stringify(json);
    const content = body === undefined ? {} : { 'content-type': 'application/json' };
    return transport.request({
      method,
      url,
      headers: { ...headers, ...content },
      body,
      signal,
      keepsProcessAlive,
    });
  }

  return async function exchange(request) {
    const { pathname } = new URL(request.uri);
    const path = decodeURIComponent(pathname.replace(/^.*?\/v1\//, ''));
    const refuse = ({ status, headers }: TransportResponse, body: unknown, reason?: RefusalReason): Error => {
      const retryAfterMs = parseRetryAfter(headers['retry-after'], runtime.wallMs());
      return createRefusal({ status, path, body, reason, retryAfterMs });
    };
    let answer = await send(request, request.uri);
    if (FOLLOWED.has(answer.status)) {
      const target = judgeRedirect(answer.headers['location'], request.uri, allowedRedirects);
      if (target === undefined) throw refuse(answer, undefined, 'redirected');
      answer = await send(request, target);
    }
    if (REDIRECTS.has(answer.status)) throw refuse(answer, undefined, 'redirected');
    const body = parse(answer.body);
    if (answer.status !== 200 && answer.status !== 204) throw refuse(answer, body);
    return {
      statusCode: answer.status,
      body: answer.status === 204 ? '' : body,
      request: { path: pathname },
    };
  };
}

/** Undefined for what is not JSON: the parser's message would quote the text. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
