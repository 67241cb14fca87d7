import { describe, expect, it } from 'vitest';
import { createFetch, probeKey, withKey } from '@magic-hour-keys/http';
import type { HttpEvent } from '@magic-hour-keys/http';
import { findLeaks, startFakeMagicHourApi } from '@magic-hour-keys/testing';
import { createHandWrittenProvider } from '../../unit/http/hand-written-provider.ts';
import { startEchoServer } from './echo-server.ts';
import { allowLoopback } from './loopback-options.ts';

/** What a call gave, whether that was a result or an error. */
async function outcomeOf(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    return error;
  }
}

describe('the key', () => {
  it('is in nothing that a program could print: results, errors, events, or the fetch itself', async () => {
    const provider = createHandWrittenProvider();
    const old = provider.current.reveal();
    const next = `${old}x`;
    await using api = await startFakeMagicHourApi({ accept: [old] });
    await using silent = await startEchoServer(() => {});
    const gone = await startEchoServer();
    await gone[Symbol.asyncDispose]();
    const events: HttpEvent[] = [];
    const options = {
      ...allowLoopback(api.origin, silent.origin, gone.origin),
      onEvent: (event: HttpEvent) => events.push(event),
    };
    const keyed = createFetch(provider, options);
    const url = `${api.origin}/v1/ai-image-generator`;
    const init = { method: 'POST', body: '{}' };

    const outcomes: Record<string, unknown> = {
      fetch: keyed,
      success: await outcomeOf(() => keyed(url, init)),
      'success of a Request': await outcomeOf(() => keyed(new Request(url, init))),
      'connection refused': await outcomeOf(() => keyed(gone.origin)),
      'time-out': await outcomeOf(() => keyed(silent.origin, { signal: AbortSignal.timeout(20) })),
      'an init that fetch refuses': await outcomeOf(() => keyed(url, { method: 'GET', body: '{}' })),
      'a header that fetch refuses': await outcomeOf(() => keyed(url, { headers: { 'x-a': 'a\nb' } })),
      'plain http': await outcomeOf(() => keyed('http://api.magichour.ai/')),
      'a foreign origin': await outcomeOf(() =>
        withKey(provider, ({ headersFor }) => headersFor('https://evil.test/')),
      ),
      'a probe': await outcomeOf(() =>
        probeKey(provider, { origin: api.origin, allowInsecureLoopback: true }),
      ),
    };
    api.revoke(old);
    outcomes['a 401'] = await outcomeOf(() => keyed(url, init));
    provider.use(next);
    outcomes['a 401 for both keys'] = await outcomeOf(() => keyed(url, init));
    outcomes['events'] = events;

    expect(api.requests.some(({ authorization }) => authorization === `Bearer ${old}`)).toBe(true);
    for (const [name, outcome] of Object.entries(outcomes)) {
      expect(findLeaks(outcome, [old, next]), name).toEqual([]);
    }
    expect(outcomes['connection refused']).toHaveProperty('cause.code', 'ECONNREFUSED');
    expect(outcomes['a 401 for both keys']).toHaveProperty('status', 401);
    expect(events.map(({ type }) => type)).toContain('unauthorized');
  });

  it('would be found in a header that I printed, so the search is not blind', () => {
    const key = createHandWrittenProvider().current.reveal();
    expect(findLeaks(new Headers({ authorization: `Bearer ${key}` }), [key])).not.toEqual([]);
  });
});
