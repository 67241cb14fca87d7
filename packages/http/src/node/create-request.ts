import { request as requestHttp, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as requestHttps, type RequestOptions } from 'node:https';
import { Readable } from 'node:stream';
import type { ApiKey, KeyProvider } from '@magic-hour-keys/core';
import { throwIfAborted } from '../abortable.ts';
import { forgetKey } from '../add-key-late.ts';
import { createAuthorizer } from '../authorizer.ts';
import { invalidOption, type AuthorizerOptions } from '../authorizer-options.ts';
import { AUTHORIZATION } from '../bearer-header.ts';
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

  function sendWithKey(url: string, asked: NodeRequestOptions, key: ApiKey): Promise<IncomingMessage> {
    return send(url, asked, authorizer.headerFor(key)).then((response) =>
      response.statusCode === 401 ? answerRefusal(url, asked, key, response) : response,
    );
  }

  async function answerRefusal(
    url: string,
    asked: NodeRequestOptions,
    key: ApiKey,
    response: IncomingMessage,
  ): Promise<IncomingMessage> {
    const { signal, method = 'GET', body } = asked;
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

  async function waitForKey(url: string, given: NodeRequestOptions): Promise<IncomingMessage> {
    // The caller may change the objects while we wait.
    const asked = { ...given, headers: { ...given.headers } };
    return sendWithKey(url, asked, await authorizer.getKey(given.signal));
  }

  // No async function where there is a key: each would cost as much as the rest of this.
  return (target, given = {}) => {
    try {
      refuseAddress(given);
      const url = authorizer.judge(target);
      if (url === undefined || hasAuthorization((given.headers ?? {}) as Readonly<Record<string, string>>)) {
        return send(target, given);
      }
      const key = authorizer.peekKey(given.signal);
      return key ? sendWithKey(url, given, key) : waitForKey(url, given);
    } catch (error) {
      return Promise.reject(error);
    }
  };
}

const ADDRESS: ReadonlySet<string> = new Set<AddressMember>([
  'auth',
  'defaultPort',
  'host',
  'hostname',
  'path',
  'port',
  'protocol',
  'socketPath',
]);

/** Node prefers these to what the URL says, and the URL is what was judged. Only an option of its own is passed on. */
function refuseAddress(options: object): void {
  for (const name in options) {
    if (ADDRESS.has(name) && (options as Partial<Record<string, unknown>>)[name] !== undefined) {
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
    // As `addKeyLate` does, but nobody else listens yet: so the listeners that there are anyway can see to it.
    if (header !== undefined) request.setHeader(AUTHORIZATION, header);
    request.on('error', (error) => {
      if (header !== undefined) forgetKey(request, header);
      reject(error);
    });
    // Deno takes it as its leave to send a request once more by itself, also one that was cancelled, or a POST.
    request.on('socket', () => {
      request.reusedSocket = false;
    });
    request.on('response', (response) => {
      if (header !== undefined) forgetKey(request, header);
      resolve(response);
    });
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
