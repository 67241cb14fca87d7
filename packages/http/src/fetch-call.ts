import { toPlainInit, type PlainInit } from './plain-init.ts';
import { isReplayableBody } from './replayable-body.ts';
import { copyHeaders, hasAuthorization, isOneShot, readHeaders, type HeaderForm } from './request-headers.ts';

/** What is read of a `Request`, whichever copy of fetch it belongs to. */
export interface RequestLike {
  readonly url: string;
  readonly method: string;
  readonly headers: unknown;
  readonly body?: unknown;
  readonly bodyUsed?: boolean;
  readonly redirect?: string;
  readonly signal?: AbortSignal | null;
  clone(): RequestLike;
}

/** One call of fetch, read once. */
export interface FetchCall {
  /** What fetch gets: the URL as it was judged, or the caller's own Request. */
  readonly target: string | RequestLike;
  readonly url: string;
  readonly method: string;
  readonly init: PlainInit;
  readonly headers: HeaderForm;
  readonly signal: AbortSignal | null | undefined;
  readonly redirect: string;
  /** The Request whose body has to be copied before it is sent, or there is nothing to send a second time. */
  readonly copied: RequestLike | undefined;
  readonly replayable: boolean;
}

/** A call that is not ours to authorize: fetch gets this `init` and decides. */
export interface ForeignCall {
  readonly passOn: unknown;
}

/** @param url as it was judged. */
export function readFetchCall(
  request: RequestLike | undefined,
  url: string,
  init: unknown,
): FetchCall | ForeignCall {
  if (init !== undefined && typeof init !== 'object') return { passOn: init };
  const plain = toPlainInit(init);
  const headers = readHeaders(plain.headers ?? request?.headers);
  if (!headers) return { passOn: init };
  // Untouched, apart from headers that were used up by looking at them.
  if (hasAuthorization(headers)) return { passOn: isOneShot(plain.headers) ? { ...plain, headers } : init };

  // fetch takes the body of the Request where the init has none.
  const requestBody = plain.body == null ? request?.body : undefined;
  const canCopy = isWebStream(requestBody) && request?.bodyUsed !== true;
  return {
    target: request ?? url,
    url,
    method: plain.method ?? request?.method ?? 'GET',
    init: plain,
    headers,
    signal: plain.signal === undefined ? request?.signal : plain.signal,
    redirect: plain.redirect ?? request?.redirect ?? 'follow',
    copied: canCopy ? request : undefined,
    replayable: requestBody == null ? isReplayableBody(plain.body) : canCopy,
  };
}

/** The call as it is now: the caller may change the objects while we wait for a key. */
export function snapshot(call: FetchCall): FetchCall {
  return { ...call, init: { ...call.init }, headers: copyHeaders(call.headers) };
}

/**
 * A Request of any copy of fetch: a test on its class would miss those of another one. It has to be one for fetch too,
 * which turns everything else into text: an object that says "[object Request]" there leads to no other URL.
 */
export function asRequest(input: unknown): RequestLike | undefined {
  if (typeof input !== 'object' || input === null) return undefined;
  const { url, clone } = input as Partial<RequestLike>;
  if (typeof url !== 'string' || typeof clone !== 'function') return undefined;
  return saysRequest(input) ? (input as RequestLike) : undefined;
}

function saysRequest(input: unknown): boolean {
  return String(input) === '[object Request]';
}

/** Copying the body of a Request of node-fetch would stop it halfway: its copies wait for each other. */
function isWebStream(body: unknown): boolean {
  return typeof (body as { getReader?: unknown } | null | undefined)?.getReader === 'function';
}
