import nodeFetch from 'node-fetch';
import { fetch as undiciFetch } from 'undici';
import { describe, expect, it } from 'vitest';
import { createFetch } from '@magic-hour-keys/http';
import { makeTestKey } from '@magic-hour-keys/testing';
import { createHandWrittenProvider } from '../../unit/http/hand-written-provider.ts';
import { redirectWhenAsked, startSmallInternet } from './small-internet.ts';

const API = 'https://api.magichour.ai';

const ELSEWHERE = [
  ['another port', 'https://api.magichour.ai:8443'],
  ['another host', 'https://evil.test'],
  ['a subdomain', 'https://files.api.magichour.ai'],
  ['the parent domain', 'https://magichour.ai'],
  ['plain http, on the default port', 'http://api.magichour.ai'],
  ['plain http on another host', 'http://evil.test'],
] as const;
const STATUSES = [301, 302, 303, 307, 308];

function urlTo(target: string, status = 302): string {
  return `${API}/go?${new URLSearchParams({ to: `${target}/next`, status: String(status) }).toString()}`;
}

describe('a redirect that leaves the API', () => {
  it.each(ELSEWHERE)('is followed by the global fetch without the key, to %s', async (_, target) => {
    await using internet = await startSmallInternet(redirectWhenAsked);
    const provider = createHandWrittenProvider();
    const keyed = createFetch(provider);
    for (const status of STATUSES) {
      const init: object = { method: 'POST', body: '{}', dispatcher: internet.dispatcher };
      await expect(keyed(urlTo(target, status), init)).resolves.toMatchObject({
        status: 200,
        redirected: true,
      });
    }
    expect(internet.arrivals).toHaveLength(2 * STATUSES.length);
    for (const { at, authorization } of internet.arrivals) {
      expect(authorization, at).toBe(at === API ? `Bearer ${provider.current.reveal()}` : undefined);
    }
  });

  it.each(ELSEWHERE)('is not followed by another fetch, and mine to look at: %s', async (_, target) => {
    await using internet = await startSmallInternet(redirectWhenAsked);
    const provider = createHandWrittenProvider();
    const viaNodeFetch = createFetch(provider, { fetch: nodeFetch });
    const viaUndici = createFetch(provider, { fetch: undiciFetch });
    const answers = [
      await viaNodeFetch(urlTo(target), { agent: internet.agentFor, redirect: 'follow' }),
      await viaUndici(urlTo(target), { dispatcher: internet.dispatcher, redirect: 'follow' }),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(302);
      expect(answer.headers.get('location')).toBe(`${target}/next`);
    }
    expect(internet.arrivals.map(({ at }) => at)).toEqual([API, API]);
  });

  it('would have carried the key along over node-fetch alone, so this is no idle caution', async () => {
    await using internet = await startSmallInternet(redirectWhenAsked);
    const authorization = `Bearer ${makeTestKey()}`;
    const leaks: string[] = [];
    for (const [, target] of ELSEWHERE) {
      await nodeFetch(urlTo(target), { agent: internet.agentFor, headers: { authorization } });
      if (internet.arrivals.at(-1)?.authorization === authorization) leaks.push(target);
    }
    expect(leaks).toEqual(['https://api.magichour.ai:8443', 'https://files.api.magichour.ai']);
  });

  it('is followed by undici without the key when I say that I trust it with that', async () => {
    await using internet = await startSmallInternet(redirectWhenAsked);
    const provider = createHandWrittenProvider();
    const keyed = createFetch(provider, { fetch: undiciFetch, trustFetchRedirects: true });
    for (const [, target] of ELSEWHERE) {
      await keyed(urlTo(target), { dispatcher: internet.dispatcher });
      expect(internet.arrivals.at(-1)).toMatchObject({ at: target, authorization: undefined });
    }
  });
});

describe('a redirect within the API', () => {
  it('is followed with the key', async () => {
    await using internet = await startSmallInternet(redirectWhenAsked);
    const provider = createHandWrittenProvider();
    await createFetch(provider)(urlTo(API), { dispatcher: internet.dispatcher } as object);
    const authorization = `Bearer ${provider.current.reveal()}`;
    expect(internet.arrivals).toMatchObject([
      { at: API, authorization },
      { at: API, authorization },
    ]);
  });
});

describe('a redirect from another origin', () => {
  it('to the API carries no key, whoever follows it', async () => {
    await using internet = await startSmallInternet(redirectWhenAsked);
    const provider = createHandWrittenProvider();
    const start = `https://evil.test/go?${new URLSearchParams({ to: `${API}/next` }).toString()}`;
    await createFetch(provider)(start, { dispatcher: internet.dispatcher } as object);
    await createFetch(provider, { fetch: nodeFetch })(start, { agent: internet.agentFor });
    expect(internet.arrivals).toHaveLength(4);
    expect(internet.arrivals.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
  });
});

describe('my own `redirect`', () => {
  it.each(['error', 'manual'] as const)('stays what I set, over any fetch: %s', async (redirect) => {
    await using internet = await startSmallInternet(redirectWhenAsked);
    const provider = createHandWrittenProvider();
    const { dispatcher, agentFor: agent } = internet;
    const calls = [
      createFetch(provider)(urlTo(API), { redirect, dispatcher } as object),
      createFetch(provider)(new Request(urlTo(API), { redirect }), { dispatcher } as object),
      createFetch(provider, { fetch: undiciFetch })(urlTo(API), { redirect, dispatcher }),
      createFetch(provider, { fetch: nodeFetch })(urlTo(API), { redirect, agent }),
    ];
    const ends = await Promise.all(
      calls.map((call) =>
        call.then(
          ({ status }) => status,
          () => 'error',
        ),
      ),
    );
    expect(new Set(ends)).toEqual(new Set([redirect === 'error' ? 'error' : 302]));
    expect(internet.arrivals).toHaveLength(4);
  });

  it('is left alone for requests that carry no key of mine', async () => {
    await using internet = await startSmallInternet(redirectWhenAsked);
    const keyed = createFetch(createHandWrittenProvider(), { fetch: nodeFetch });
    const url = `https://storage.test/go?${new URLSearchParams({ to: 'https://storage.test/next' }).toString()}`;
    await expect(keyed(url, { agent: internet.agentFor })).resolves.toHaveProperty('status', 200);
    expect(internet.arrivals).toHaveLength(2);
  });
});
