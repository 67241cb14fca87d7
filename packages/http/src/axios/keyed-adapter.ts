import type { ApiKey } from '@magic-hour-keys/core';
import { readSignal, throwIfAborted } from '../abortable.ts';
import type { Authorizer } from '../authorizer.ts';
import { AUTHORIZATION } from '../bearer-header.ts';
import { discardBody } from '../discard-body.ts';
import { isReplayableBody, isSafeMethod } from '../replayable-body.ts';
import { createAddKeyByAgents, createAddKeyToHeaders, usesOwnAgents, type RoutedConfig } from './add-key.ts';
import { hideRequest, type AxiosAnswer } from './hide-request.ts';

/** What is read of a request's config, as an adapter gets it. */
export interface AxiosConfig extends RoutedConfig {
  readonly url?: string;
  readonly baseURL?: string;
  readonly method?: string;
  readonly data?: unknown;
  readonly auth?: unknown;
  readonly socketPath?: unknown;
  readonly signal?: unknown;
}

export type Adapter = (config: AxiosConfig) => Promise<AxiosAnswer>;

interface KeyedAdapterParts {
  readonly authorizer: Authorizer;
  /** The adapter that this request would have without us. */
  readonly adapterFor: (config: AxiosConfig) => Adapter;
  /** The one over node:http. */
  readonly httpAdapter: Adapter;
  /** The URL that will be used, as axios puts it together. */
  readonly urlOf: (config: AxiosConfig) => string;
}

/** How a request ended. */
interface Outcome {
  readonly error?: unknown;
  readonly answer?: AxiosAnswer | undefined;
}

export function createKeyedAdapter(parts: KeyedAdapterParts): Adapter {
  const { authorizer, adapterFor, httpAdapter, urlOf } = parts;
  const addKeyByAgents = createAddKeyByAgents(authorizer);
  const addKeyToHeaders = createAddKeyToHeaders(authorizer);

  /** @returns where the request goes; without its path where the baseURL decides. */
  function judge(config: AxiosConfig): string | undefined {
    const { baseURL, url = '' } = config;
    // Putting the whole URL together costs as much as all the rest of this, and where it leads is known before: a path
    // that starts like this is put behind the baseURL, and without a baseURL only params come behind the url.
    if (!baseURL) return authorizer.judge(url);
    if (PLAIN_PATH.test(url)) return authorizer.judge(`${baseURL}/`);
    return authorizer.judge(urlOf(config));
  }

  async function sendOnce(config: AxiosConfig, key: ApiKey, target: string): Promise<Outcome> {
    const send = adapterFor(config);
    const isLate = send === httpAdapter && usesOwnAgents(config, target);
    const addKey = isLate ? addKeyByAgents : addKeyToHeaders;
    const restore = addKey(config, authorizer.headerFor(key));
    try {
      const answer = await send(config);
      if (!isLate) hideRequest(answer);
      return { answer };
    } catch (error) {
      if (!isLate) hideRequest(error);
      return { error, answer: (error as { response?: AxiosAnswer } | undefined)?.response };
    } finally {
      restore();
    }
  }

  async function sendWithKey(config: AxiosConfig, key: ApiKey, target: string): Promise<AxiosAnswer> {
    const first = await sendOnce(config, key, target);
    const refused = first.answer;
    if (refused?.status !== 401) return unwrap(first);
    const url = urlOf(config);
    const last = refused.request?.res?.responseUrl ?? url;
    // Redirected to another origin, where the key was taken off: this 401 says nothing about it.
    if (!authorizer.allows(last)) return unwrap(first);
    const { method = 'GET', data } = config;
    const replayable = isReplayableBody(data) && (isSame(last, url) || isSafeMethod(method));
    const signal = readSignal(config.signal);
    const asked = authorizer.renew(key, { url, method: method.toUpperCase(), replayable, signal });
    const other = await asked.catch((error: unknown) => {
      void discardBody(refused.data);
      throw error;
    });
    if (!other) return unwrap(first);
    await discardBody(refused.data);
    throwIfAborted(signal);
    return unwrap(await sendOnce(config, other, target));
  }

  return async (config) => {
    const target = config.socketPath ? undefined : judge(config);
    if (target === undefined || config.auth || config.headers.has(AUTHORIZATION)) {
      return adapterFor(config)(config);
    }
    const signal = readSignal(config.signal);
    const key = authorizer.peekKey(signal) ?? (await authorizer.getKey(signal));
    return sendWithKey(config, key, target);
  };
}

/** Nothing that axios, or a parser that drops blanks and turns backslashes around, could take for a host. */
const PLAIN_PATH = /^(?:\/(?![/\\])|[\w.-]+(?:[/?#]|$)|$)[!-[\]-~]*$/;

function unwrap(outcome: Outcome): AxiosAnswer {
  if (outcome.answer && outcome.error === undefined) return outcome.answer;
  throw outcome.error;
}

/** `responseUrl` is the text of a parsed URL. */
function isSame(last: string, url: string): boolean {
  return last === url || last === new URL(url).href;
}
