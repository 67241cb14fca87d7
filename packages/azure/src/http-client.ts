import type { SecretClientOptions } from '@azure/keyvault-secrets';
import type { TransportResponse } from '@magic-hour-keys/core/node';
import type { Send } from './connections.ts';

export type HttpClient = NonNullable<SecretClientOptions['httpClient']>;
type PipelineRequest = Parameters<HttpClient['sendRequest']>[0];
type PipelineHeaders = PipelineRequest['headers'];

/** What is told of every exchange: its answer, or why there was none. */
export type NoteExchange = (
  url: URL,
  outcome: { readonly answer: TransportResponse } | { readonly error: unknown },
) => void;

/**
 * The SDK's own way to the network has no end where a server never answers, keeps its connections for itself, and
 * follows redirects. This one is core's.
 */
export function createHttpClient(send: Send, note?: NoteExchange): HttpClient {
  return {
    async sendRequest(request) {
      const url = new URL(request.url);
      try {
        const answer = await send(describe(url, request));
        note?.(url, { answer });
        const { status, body, headers } = answer;
        return { request, status, headers: toHeaders(headers), bodyAsText: body };
      } catch (error) {
        note?.(url, { error });
        throw error;
      }
    },
  };
}

function describe(url: URL, request: PipelineRequest): Parameters<Send>[0] {
  const { method, headers, body, abortSignal, timeout } = request;
  const signals: AbortSignal[] = [];
  if (abortSignal instanceof AbortSignal) signals.push(abortSignal);
  // Set by the SDK alone, for the second in which it finds out whether this is a machine of Azure.
  if (timeout > 0) signals.push(AbortSignal.timeout(timeout));
  return {
    method,
    url,
    headers: headers.toJSON(),
    ...(typeof body === 'string' && { body }),
    ...(signals.length > 0 && { signal: AbortSignal.any(signals) }),
  };
}

function toHeaders(answered: Readonly<Record<string, string>>): PipelineHeaders {
  const headers = new Map(Object.entries(answered));
  return {
    get: (name) => headers.get(name.toLowerCase()),
    has: (name) => headers.has(name.toLowerCase()),
    set: (name, value) => void headers.set(name.toLowerCase(), String(value)),
    delete: (name) => void headers.delete(name.toLowerCase()),
    toJSON: () => Object.fromEntries(headers),
    [Symbol.iterator]: () => headers.entries(),
  };
}
