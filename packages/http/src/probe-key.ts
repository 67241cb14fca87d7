import type { ApiKey, KeyProvider } from '@magic-hour-keys/core';
import { createAbortableWait, throwIfAborted } from './abortable.ts';
import { createAllowedOrigins, MAGIC_HOUR_ORIGIN } from './allowed-origins.ts';
import { invalidOption } from './authorizer-options.ts';
import { AUTHORIZATION, bearerHeader } from './bearer-header.ts';
import { discardBody } from './discard-body.ts';
import type { AnyFetch } from './create-fetch.ts';
import { refuseBrowser } from './refuse-browser.ts';
import type { Send } from './send-with-key.ts';

export interface ProbeOptions {
  /** Where the API is. Default `https://api.magichour.ai`. */
  readonly origin?: string | undefined;
  /** Lets `origin` be an `http://` one on localhost, 127.0.0.1 or [::1]: for tests. Default false. */
  readonly allowInsecureLoopback?: boolean | undefined;
  /** Default: the global fetch. */
  readonly fetch?: AnyFetch | undefined;
  /** Milliseconds for all of it, reading the key included. Default 10 seconds. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * - `good`: the API knows this key
 * - `unpaid`: it knows the key, and wants a payment first
 * - `bad`: it refuses the key
 * - `inconclusive`: nothing is known; the key may well be good
 */
export type ProbeVerdict = 'good' | 'unpaid' | 'bad' | 'inconclusive';

export interface ProbeResult {
  readonly verdict: ProbeVerdict;
  /** One sentence that says what was seen. */
  readonly detail: string;
  /** The HTTP status that decided; undefined where there was no answer. */
  readonly status?: number | undefined;
}

/** An id that the API can not have given: looking for it creates nothing and costs nothing. */
const PROBE_PATH = '/v1/image-projects/magic-hour-keys-probe';

/**
 * Asks the Magic Hour API whether it knows a key, for free, by two requests for a project that does not exist. The
 * first has a made-up key: only where that gets a 401 does the API check keys before it looks projects up, and only
 * then does a 404 for the real key mean that the key is good. Not for the way of ordinary requests.
 *
 * @returns a verdict, also when the API is down. @throws KeyError what the provider throws when there is no key;
 * `invalid_config`, `unsupported`. An abort rejects with the signal's own reason.
 */
export async function probeKey(
  providerOrKey: KeyProvider | ApiKey,
  options: ProbeOptions = {},
): Promise<ProbeResult> {
  refuseBrowser();
  const { timeoutMs = 10_000, signal } = options;
  if (!(timeoutMs > 0)) throw invalidOption('timeoutMs', 'more than 0');
  const url = readOrigin(options) + PROBE_PATH;
  throwIfAborted(signal);
  const limit = startTimeLimit(timeoutMs, signal);
  const wait = createAbortableWait();
  const ask = (authorization: string): Promise<number | undefined> =>
    wait(askStatus(url, authorization, limit.signal, options.fetch), limit.signal);
  try {
    const key =
      'getKey' in providerOrKey
        ? await wait(providerOrKey.getKey({ signal: limit.signal }), limit.signal)
        : providerOrKey;
    const header = bearerHeader(key, key?.source);
    const withMadeUpKey = await ask(`Bearer ${makeUpKey()}`);
    return withMadeUpKey === 401 ? judgeStatus(await ask(header)) : judgeNothing(withMadeUpKey);
  } catch (error) {
    throwIfAborted(signal);
    if (!limit.signal.aborted) throw error;
    return { verdict: 'inconclusive', detail: `the API gave no answer within ${timeoutMs} ms` };
  } finally {
    limit.end();
  }
}

function judgeStatus(status: number | undefined): ProbeResult {
  const known = status === undefined ? undefined : VERDICTS.get(status);
  return known ? { ...known, status } : { verdict: 'inconclusive', status, detail: describeAnswer(status) };
}

const GOOD: ProbeResult = { verdict: 'good', detail: 'the API accepts this key' };

const VERDICTS: ReadonlyMap<number, ProbeResult> = new Map([
  [200, GOOD],
  [404, GOOD],
  [401, { verdict: 'bad', detail: 'the API refuses this key' }],
  [402, { verdict: 'unpaid', detail: 'the API accepts this key, and wants a payment first' }],
]);

/** What the API said to a made-up key, where that was no 401: then it would say the same to a good one. */
function judgeNothing(status: number | undefined): ProbeResult {
  const detail = status === 404 ? 'the API looks projects up before it checks keys' : describeAnswer(status);
  return { verdict: 'inconclusive', status, detail };
}

function describeAnswer(status: number | undefined): string {
  return status === undefined
    ? 'the API could not be reached'
    : `the API answered ${status}, which says nothing`;
}

/** The status, or undefined for a network error. */
async function askStatus(
  url: string,
  authorization: string,
  signal: AbortSignal,
  fetch: AnyFetch | undefined,
): Promise<number | undefined> {
  const send = (fetch ?? globalThis.fetch) as Send;
  try {
    const response = await send(url, {
      headers: { [AUTHORIZATION]: authorization },
      redirect: 'manual',
      signal,
    });
    await discardBody(response);
    return response.status;
  } catch {
    return undefined;
  }
}

function readOrigin({ origin = MAGIC_HOUR_ORIGIN, allowInsecureLoopback }: ProbeOptions): string {
  createAllowedOrigins({ allowedOrigins: [origin], allowInsecureLoopback });
  return new URL(origin).origin;
}

/** Of the shape of a key, random, and known to nobody. */
function makeUpKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `mhk_probe_${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

interface TimeLimit {
  /** Aborted when the time is over, and with the caller's signal. */
  readonly signal: AbortSignal;
  end(): void;
}

function startTimeLimit(ms: number, callers: AbortSignal | undefined): TimeLimit {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  const timer = setTimeout(stop, ms);
  callers?.addEventListener('abort', stop, { once: true });
  return {
    signal: controller.signal,
    end() {
      clearTimeout(timer);
      callers?.removeEventListener('abort', stop);
    },
  };
}
