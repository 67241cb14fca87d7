import { isKeyError, KeyError } from '@magic-hour-keys/core';
import { parseRetryAfter } from '@magic-hour-keys/core/author';
import {
  createTransport,
  transportFailure,
  type Transport,
  type TransportResponse,
} from '@magic-hour-keys/core/node';
import { notAnAnswer } from './not-an-answer.ts';
import { numberOfStatus } from './status-codes.ts';

/** What the SDK calls in its REST mode, in place of `GoogleAuth.fetch`. */
export interface RestFetch {
  readonly fetch: (url: string, request: RestRequest) => Promise<Response>;
  readonly close: () => void;
}

interface RestRequest {
  readonly method: string;
  readonly headers: Headers;
  readonly signal: AbortSignal;
}

/**
 * The SDK's REST mode over our own transport. The SDK's own keeps its connections in an agent that nobody can close,
 * follows redirects with the token, reads bodies of any length, and quotes in its errors what it could not parse.
 *
 * @param login gives the headers of the login
 */
export function createRestFetch(
  location: string,
  login: () => Promise<Readonly<Record<string, string>>>,
): RestFetch {
  const transport = createTransport();
  return {
    async fetch(url, { method, headers, signal }) {
      const all = { ...Object.fromEntries(headers), ...(await login()) };
      const answer = await request(transport, { method, url, headers: all, signal }, location);
      if (answer.status !== 200) throw refusalOf(answer);
      if (!isAnswer(answer.body)) throw notAnAnswer(location);
      return new Response(answer.body);
    },
    close: () => transport.close(),
  };
}

async function request(
  transport: Transport,
  wanted: Parameters<Transport['request']>[0],
  location: string,
): Promise<TransportResponse> {
  try {
    return await transport.request(wanted);
  } catch (raw) {
    const failure = transportFailure(raw);
    throw failure && !isKeyError(raw) ? new KeyError({ ...failure, source: 'gcp', location }) : raw;
  }
}

/**
 * An error as gRPC has it: its number, and the details that come with it. Its text is read for telling apart what
 * Google numbers alike, and never shown.
 */
function refusalOf({ status, headers, body }: TransportResponse): Error {
  const error = Reflect.get(Object(parse(body)) as object, 'error') as unknown;
  const isText = typeof error === 'string';
  const {
    message,
    status: name,
    details,
  } = { ...(isText ? statusInText(error) : (error as object | undefined)) } as Record<string, unknown>;
  return Object.assign(new Error(typeof message === 'string' ? message : ''), {
    code: numberOfStatus(name),
    httpStatus: status,
    statusDetails: details,
    retryAfterMs: parseRetryAfter(headers['retry-after'], Date.now()),
  });
}

/** Gateways before emulators pass a status on as Go prints it: `rpc error: code = NotFound desc = …`, with a 500. */
function statusInText(text: string): { readonly status: string | undefined; readonly message: string } {
  const name = /\bcode = ([A-Z][A-Za-z]+) desc = /.exec(text)?.[1];
  return { status: name?.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase(), message: text };
}

/** The SDK fails with errors of its own, or takes it for success, where the types are others. */
function isAnswer(text: string): boolean {
  const answer = { ...(parse(text) as object | undefined) } as { name?: unknown; payload?: unknown };
  const { data = '', dataCrc32c = '0' } = { ...(answer.payload as object | undefined) } as Record<
    string,
    unknown
  >;
  return typeof answer.name === 'string' && typeof data === 'string' && /^\d+$/.test(String(dataCrc32c));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
