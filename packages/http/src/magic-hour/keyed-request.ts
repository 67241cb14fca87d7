import type { ApiKey } from '@magic-hour-keys/core';
import type { Authorizer } from '../authorizer.ts';
import { discardBody } from '../discard-body.ts';
import { isReplayableBody } from '../replayable-body.ts';
import { hasAuthorization } from '../request-headers.ts';
import { addKeyByAgent } from './add-key-by-agent.ts';
import { unsupportedSdk, type SdkCore, type SdkInit, type SdkRequest } from './sdk-core.ts';
import { leaveOut401 } from './sdk-retries.ts';

/** The SDK's name for the header with the key. */
const BEARER = 'bearerAuth';

/** One request on its way, from the moment the core builds it. */
interface Attempt {
  readonly header: string;
  /** What is really sent. Undefined until the core has built it. */
  body?: unknown;
  /** Whether the header went out. */
  isKeyed: boolean;
}

/** How a request ended. */
interface Outcome {
  readonly failed: boolean;
  readonly result?: unknown;
  readonly error?: unknown;
}

/** What takes the place of two members of the core. */
export type KeyedMembers = Pick<SdkCore, 'request' | 'buildRequestInit'>;

/**
 * The core's own `request` does the work. It gets a copy of the request that says nothing of the key, so that the
 * errors which it is put into don't show it, and its way to node-fetch leads past `buildRequestInit`.
 */
export function createKeyedRequest(core: SdkCore, authorizer: Authorizer): KeyedMembers {
  const { request: send, buildRequestInit: build } = core;
  /** Those under way, by the copy that the core got. */
  const attempts = new Map<SdkRequest, Attempt>();

  function buildRequestInit(config: SdkRequest): SdkInit {
    const init = build.call(core, config);
    // node-fetch carries headers on to other ports and subdomains, and an API of JSON has nowhere to redirect to.
    init.redirect = 'manual';
    const attempt = attempts.get(config);
    if (!attempt) return init;
    attempt.body = init.body;
    addKeyByAgent(init, (sent, addHeader) => {
      if (sent === undefined || !authorizer.allows(sent)) return;
      addHeader(attempt.header);
      attempt.isKeyed = true;
    });
    return init;
  }

  async function sendOnce(config: SdkRequest, attempt?: Attempt): Promise<Outcome> {
    // Without the client's own token: there is one source of keys, or none.
    const copy = { ...config, auth: config.auth?.filter((name) => name !== BEARER) };
    if (attempt) {
      attempts.set(copy, attempt);
      copy.opts = leaveOut401(config.opts, core.retries);
    }
    try {
      return { failed: false, result: await send.call(core, copy) };
    } catch (error) {
      showRequest(error, copy, config);
      return { failed: true, error };
    } finally {
      attempts.delete(copy);
    }
  }

  async function sendWithKey(config: SdkRequest, url: string, key: ApiKey): Promise<unknown> {
    const attempt: Attempt = { header: authorizer.headerFor(key), isKeyed: false };
    const first = await sendOnce(config, attempt);
    const refused = findRefusal(first);
    if (refused === undefined) return unwrap(first);
    if (!attempt.isKeyed)
      throw unsupportedSdk('the Magic Hour SDK sent its request in a way that takes no key');
    const method = config.method.toUpperCase();
    const replayable = isReplayableBody(attempt.body);
    const other = await authorizer.renew(key, { url, method, replayable }).catch((error: unknown) => {
      void discardBody(refused);
      throw error;
    });
    if (!other) return unwrap(first);
    await discardBody(refused);
    return unwrap(await sendOnce(config, { header: authorizer.headerFor(other), isKeyed: false }));
  }

  const judge = ({ path, serviceName }: SdkRequest): string | undefined =>
    authorizer.judge(core.buildUrl(path, serviceName));

  async function request(config: SdkRequest): Promise<unknown> {
    if (!config.auth?.includes(BEARER)) return send.call(core, config);
    const url = hasOwnAuthorization(config) ? undefined : judge(config);
    if (url === undefined) return unwrap(await sendOnce(config));
    return sendWithKey(config, url, authorizer.peekKey() ?? (await authorizer.getKey()));
  }

  return { request, buildRequestInit };
}

function hasOwnAuthorization({ headers = {}, opts }: SdkRequest): boolean {
  return hasAuthorization(headers) || hasAuthorization(opts?.additionalHeaders ?? {});
}

/** The SDK's error has the request as the core got it; its reader knows the one that was called for. */
function showRequest(error: unknown, copy: SdkRequest, config: SdkRequest): void {
  const holder = (error ?? {}) as { request?: unknown };
  if (holder.request === copy) holder.request = config;
}

/** The response of node-fetch in an ApiError, if the API refused the key. */
function findRefusal({ error }: Outcome): object | undefined {
  const { response } = (error ?? {}) as { response?: { readonly status?: unknown } };
  return response?.status === 401 ? response : undefined;
}

function unwrap(outcome: Outcome): unknown {
  if (outcome.failed) throw outcome.error;
  return outcome.result;
}
