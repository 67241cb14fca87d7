import type { ApiKey } from '@magic-hour-keys/core';
import { throwIfAborted } from './abortable.ts';
import type { Authorizer } from './authorizer.ts';
import { discardBody, releaseBody } from './discard-body.ts';
import type { FetchCall, RequestLike } from './fetch-call.ts';
import type { PlainInit } from './plain-init.ts';
import { isSafeMethod } from './replayable-body.ts';
import { replaceAuthorization, withAuthorization, type HeaderForm } from './request-headers.ts';

/** What is read of a `Response`, whichever copy of fetch it belongs to. */
export interface ResponseLike {
  readonly status: number;
  readonly url?: string;
  readonly redirected?: boolean;
  readonly body?: unknown;
}

export type Send = (input: unknown, init?: unknown) => Promise<ResponseLike>;

export interface SenderOptions {
  readonly authorizer: Authorizer;
  readonly send: Send;
  /** False: redirects are not followed while the key is on the request. */
  readonly followsRedirects: boolean;
}

type OtherMembers = Omit<PlainInit, 'headers' | 'redirect'>;
type SentInit = OtherMembers & { headers: HeaderForm; redirect?: string };

/** Something that was sent, with what it takes to send it again. */
interface Sent {
  readonly call: FetchCall;
  readonly key: ApiKey;
  readonly init: SentInit;
  /** The Request again, with its own copy of the body. */
  readonly copy: RequestLike | undefined;
}

/** Sends a call with the key, and after a 401 once more with another. */
export function createSender(
  options: SenderOptions,
): (call: FetchCall, key: ApiKey) => Promise<ResponseLike> {
  const { authorizer, send, followsRedirects } = options;

  function sendWithKey(call: FetchCall, key: ApiKey): Promise<ResponseLike> {
    const headers = withAuthorization(call.headers, authorizer.headerFor(key));
    const init = buildInit(call, headers, !followsRedirects && call.redirect === 'follow');
    const sent = { call, key, init, copy: authorizer.replays ? call.copied?.clone() : undefined };
    return send(call.target, init).then(
      (response) => (response.status === 401 ? answerRefusal(sent, response) : passOn(sent, response)),
      (error: unknown) => answerFailure(sent, error),
    );
  }

  async function answerRefusal(sent: Sent, response: ResponseLike): Promise<ResponseLike> {
    const { call, key, copy } = sent;
    // Redirected to another origin, where fetch took the key off: this 401 says nothing about the key.
    if (response.url && !authorizer.allows(response.url)) return passOn(sent, response);
    const replayable = call.replayable && (!response.redirected || isSafeMethod(call.method));
    let other: ApiKey | undefined;
    try {
      other = await authorizer.renew(key, { ...describe(call), replayable });
      if (!other) return passOn(sent, response);
      await discardBody(response);
      throwIfAborted(call.signal);
    } catch (error) {
      releaseBody(copy);
      releaseBody(response);
      throw error;
    }
    const headers = replaceAuthorization(sent.init.headers, authorizer.headerFor(other));
    return send(copy ?? call.target, { ...sent.init, headers });
  }

  async function answerFailure(sent: Sent, error: unknown): Promise<never> {
    releaseBody(sent.copy);
    if (isRefusedStream(error)) {
      const ask = authorizer.renew(sent.key, { ...describe(sent.call), replayable: false });
      await ask.catch(() => undefined);
    }
    throw error;
  }

  return sendWithKey;
}

/** Ours are members before the caller's are copied, and are set after: V8 is slow to add one to a spread copy. */
function buildInit(call: FetchCall, headers: HeaderForm, staysHere: boolean): SentInit {
  const others: OtherMembers = call.init;
  const sent: SentInit = staysHere ? { headers, redirect: 'manual', ...others } : { headers, ...others };
  sent.headers = headers;
  if (staysHere) sent.redirect = 'manual';
  return sent;
}

function passOn(sent: Sent, response: ResponseLike): ResponseLike {
  releaseBody(sent.copy);
  return response;
}

function describe({ method, url, signal }: FetchCall): Pick<FetchCall, 'method' | 'url' | 'signal'> {
  return { method, url, signal };
}

/**
 * Node 24.14 and undici 7.19 to 7.21 throw away the 401 that answers a body they can't send twice, and reject instead
 * (nodejs/undici#4910). It was a 401 all the same.
 */
function isRefusedStream(error: unknown): boolean {
  const { cause } = (error ?? {}) as { cause?: { message?: unknown } };
  return cause?.message === 'expected non-null body source';
}
