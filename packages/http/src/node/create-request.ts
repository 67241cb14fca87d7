import { request as requestHttp, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as requestHttps, type RequestOptions } from 'node:https';
import { Readable } from 'node:stream';
import type { ApiKey, KeyProvider } from '@magic-hour-keys/core';
import { throwIfAborted } from '../abortable.ts';
import { addKeyLate } from '../add-key-late.ts';
import { createAuthorizer } from '../authorizer.ts';
import { invalidOption, type AuthorizerOptions } from '../authorizer-options.ts';
import { discardBody } from '../discard-body.ts';
import { isReplayableBody } from '../replayable-body.ts';
import { hasAuthorization } from '../request-headers.ts';

type AddressMember =
  | 'host'
  | 'hostname'
  | 'path'
  | 'port'
  | 'protocol'
  | 'socketPath'
  | 'auth'
  | 'defaultPort';

/** The options of `node:http` and `node:https`, without those that lead elsewhere than the URL says. */
export interface NodeRequestOptions extends Omit<RequestOptions, AddressMember | 'headers'> {
  readonly headers?: Readonly<Record<string, string | number | readonly string[] | undefined>> | undefined;
  /** A text or bytes can be sent twice; a stream only once. */
  readonly body?: string | Uint8Array | Readable | AsyncIterable<string | Uint8Array> | undefined;
}

/** Resolves as soon as the head of the answer is there. Read its body, or call `resume()`. */
export type KeyedRequest = (url: string | URL, options?: NodeRequestOptions) => Promise<IncomingMessage>;

/**
 * A `request` of `node:http` and `node:https` with a promise: it puts the key on requests to
 * `https://api.magichour.ai`, and sends a request that got a 401 once more when the store has another key. It follows
 * no redirects.
 *
 * @returns a function whose calls reject with what Node says, with a KeyError when there is no key or the URL may not
 * get it (`origin_not_allowed`), or with the reason of an aborted signal.
 * @throws KeyError `invalid_config` for an option that makes no sense; `unsupported` in a browser.
 */
export function createRequest(provider: KeyProvider, options: AuthorizerOptions = {}): KeyedRequest {
  const authorizer = createAuthorizer(provider, options);

  async function sendWithKey(url: string, asked: NodeRequestOptions, key: ApiKey): Promise<IncomingMessage> {
    const { signal, method = 'GET', body } = asked;
    const response = await send(url, asked, authorizer.headerFor(key));
    if (response.statusCode !== 401) return response;
    const refused = { url, method, signal, replayable: isReplayableBody(body) };
    const other = await authorizer.renew(key, refused).catch((error: unknown) => {
      response.destroy();
      throw error;
    });
    if (!other) return response;
    await discardBody(response);
    throwIfAborted(signal);
    return send(url, asked, authorizer.headerFor(other));
  }

  return async (target, given = {}) => {
    refuseAddress(given);
    const url = authorizer.judge(target);
    if (url === undefined || hasAuthorization((given.headers ?? {}) as Readonly<Record<string, string>>)) {
      return send(target, given);
    }
    const key = authorizer.peekKey(given.signal);
    if (key) return sendWithKey(url, given, key);
    // The caller may change the objects while we wait.
    const asked = { ...given, headers: { ...given.headers } };
    return sendWithKey(url, asked, await authorizer.getKey(given.signal));
  };
}

const ADDRESS: readonly AddressMember[] = [
  'auth',
  'defaultPort',
  'host',
  'hostname',
  'path',
  'port',
  'protocol',
  'socketPath',
];

/** Node prefers these to what the URL says, and the URL is what was judged. */
function refuseAddress(options: object): void {
  for (const name of ADDRESS) {
    if ((options as Partial<Record<string, unknown>>)[name] !== undefined) {
      throw invalidOption(name, 'left to the URL');
    }
  }
}

function send(
  url: string | URL,
  { body, headers, ...options }: NodeRequestOptions,
  header?: string,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const start = String(url).startsWith('https:') ? requestHttps : requestHttp;
    const request = start(url, { ...options, headers: { ...headers } } as RequestOptions);
    if (header !== undefined) addKeyLate(request, header);
    request.on('error', reject);
    request.once('response', resolve);
    sendBody(request, body);
  });
}

function sendBody(request: ClientRequest, body: NodeRequestOptions['body']): void {
  if (body === undefined || typeof body === 'string' || ArrayBuffer.isView(body)) {
    request.end(body);
    return;
  }
  // pipeline() would never start the package form-data, which is a stream of Node's first kind.
  const stream = 'pipe' in body ? body : Readable.from(body);
  stream.on('error', (error: Error) => request.destroy(error));
  request.on('close', () => stream.destroy());
  stream.pipe(request);
}
