import { request as requestHttp, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { KeyError, type ApiKey, type KeyProvider } from '@magic-hour-keys/core';
import { addKeyLate } from '../add-key-late.ts';
import { createAuthorizer, type Authorizer } from '../authorizer.ts';
import type { AuthorizerOptions } from '../authorizer-options.ts';
import { isReplayableBody, isSafeMethod } from '../replayable-body.ts';
import { isAuthorization } from '../request-headers.ts';

/** got's option `request`. */
export type GotRequest = (
  url: URL,
  options: object,
  callback?: (response: never) => void,
) => ClientRequest | Promise<ClientRequest>;

/** got's hook of that name. */
export type GotBeforeRequest = (options: object) => void;

/** got's hook of that name. */
export type GotAfterResponse = <Response>(
  response: Response,
  retryWithMergedOptions: (options: object) => never,
) => Promise<Response>;

export interface GotOptions extends AuthorizerOptions {
  /** A `request` to send with, instead of Node's. It has to give a request to which a header can still be added. */
  readonly request?: GotRequest | undefined;
}

/** For `got.extend()`. */
export interface KeyedGotOptions {
  readonly request: GotRequest;
  readonly hooks: {
    readonly beforeRequest: GotBeforeRequest[];
    readonly afterResponse: GotAfterResponse[];
  };
}

/**
 * Options for `got.extend()` of got 13 and newer: they put the key on requests to `https://api.magichour.ai`, and send
 * a request that got a 401 once more when the store has another key. got's own options never hold the key, and each
 * redirect and each of got's retries is judged anew.
 *
 * `got.stream` gives the 401 to its caller; the next request has the new key.
 *
 * @throws KeyError `invalid_config` for an option that makes no sense; `unsupported` in a browser.
 */
export function createGotOptions(provider: KeyProvider, options: GotOptions = {}): KeyedGotOptions {
  const authorizer = createAuthorizer(provider, options);
  // By the URL: of what the hooks see, it alone is the same object when the request is made.
  const notes = new WeakMap<object, Note>();
  const send = options.request ?? sendWithNode;

  const beforeRequest: GotBeforeRequest = (asked) => {
    const { url, isStream, signal } = asked as GotAsked;
    if (url) notes.set(url, { isStream, signal, refused: undefined });
  };

  function noteRefusal(request: KeyedRequest, note: Note | undefined): void {
    if (note) note.refused = request;
    if (note && !note.isStream) return;
    // Nobody asks the hook below there.
    const { key, ...refused } = request;
    authorizer.renew(key, { ...refused, replayable: false }).catch(() => {});
  }

  const request: GotRequest = (target, given, callback) => {
    const native = given as NativeOptions;
    const url = judge(authorizer, target, native);
    if (url === undefined) return send(target, given, callback);
    const note = notes.get(target);
    const sendWithKey = (key: ApiKey): ClientRequest | Promise<ClientRequest> => {
      // Before anything is sent: a key that can not stand in a header throws.
      const header = authorizer.headerFor(key);
      const addKey = (sent: ClientRequest): ClientRequest => {
        addKeyLate(sent, header, ({ statusCode }) => {
          if (statusCode === 401) noteRefusal({ key, url, method: native.method }, note);
        });
        return sent;
      };
      const sent = send(target, given, callback);
      return 'then' in sent ? sent.then(addKey) : addKey(sent);
    };
    const key = authorizer.peekKey(note?.signal);
    return key ? sendWithKey(key) : authorizer.getKey(note?.signal).then(sendWithKey);
  };

  const afterResponse: GotAfterResponse = async (response, retryWithMergedOptions) => {
    const { redirectUrls, request: sent } = response as GotResponse;
    const { refused, signal } = notes.get(sent.options.url) ?? {};
    if (!refused || (response as GotResponse).statusCode !== 401) return response;
    const { key, ...about } = refused;
    const isSafe = redirectUrls.length === 0 || isSafeMethod(about.method ?? '');
    const replayable = isSafe && isReplayableBody(sent.options.body);
    const other = await authorizer.renew(key, { ...about, signal, replayable });
    return other ? retryWithMergedOptions({}) : response;
  };

  return { request, hooks: { beforeRequest: [beforeRequest], afterResponse: [afterResponse] } };
}

/** A request that carries our key. */
interface KeyedRequest {
  readonly key: ApiKey;
  readonly url: string;
  readonly method: string | undefined;
}

/** What is known of a request of got, for as long as it runs. */
interface Note {
  readonly isStream: boolean | undefined;
  readonly signal: AbortSignal | undefined;
  refused: KeyedRequest | undefined;
}

/** What is read of got's options before a request. */
interface GotAsked {
  readonly url?: object;
  readonly isStream?: boolean;
  readonly signal?: AbortSignal;
}

/** What is read of the options that got makes for Node. */
interface NativeOptions {
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly method?: string;
  readonly socketPath?: unknown;
  readonly agent?: unknown;
}

/** What is read of got's response. */
interface GotResponse {
  readonly statusCode: number;
  readonly redirectUrls: readonly unknown[];
  readonly request: { readonly options: { readonly url: object; readonly body?: unknown } };
}

/** @returns the URL of a request that is ours to authorize. */
function judge(authorizer: Authorizer, target: URL, native: NativeOptions): string | undefined {
  const isTheirs = hasAuthorization(native);
  const url = authorizer.judge(isTheirs ? withoutUser(target) : target);
  if (url === undefined || native.socketPath || isTheirs) return undefined;
  const { agent } = native;
  // For HTTP/2, got hands over all its agents.
  if (!agent || typeof (agent as { addRequest?: unknown }).addRequest === 'function') return url;
  throw new KeyError({
    code: 'unsupported',
    message: 'the key was not sent, because got speaks HTTP/2 only without a request function of its own',
    hint: 'Leave http2 out of the options of this instance.',
  });
}

/** got writes its options username and password into the URL as well. */
function withoutUser(target: URL): URL {
  const url = new URL(target);
  url.username = '';
  url.password = '';
  return url;
}

function hasAuthorization({ headers = {} }: NativeOptions): boolean {
  for (const name in headers) if (isAuthorization(name) && headers[name] !== undefined) return true;
  return false;
}

function sendWithNode(url: URL, options: object, callback?: (response: never) => void): ClientRequest {
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  return send(url, options, callback as ((response: IncomingMessage) => void) | undefined);
}
