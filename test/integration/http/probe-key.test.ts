import { describe, expect, it, vi } from 'vitest';
import { createApiKey, createKeyProvider, KeyError } from '@magic-hour-keys/core';
import { probeKey } from '@magic-hour-keys/http';
import type { ProbeOptions } from '@magic-hour-keys/http';
import { createMemorySource, findLeaks, makeTestKey, startFakeMagicHourApi } from '@magic-hour-keys/testing';
import { createHandWrittenProvider } from '../../unit/http/hand-written-provider.ts';
import { startEchoServer } from './echo-server.ts';

function at(origin: string): ProbeOptions {
  return { origin, allowInsecureLoopback: true };
}

describe('the verdict on a key', () => {
  it('is good when the API refuses a made-up key and knows this one', async () => {
    const value = makeTestKey();
    await using api = await startFakeMagicHourApi({ accept: [value] });
    const result = await probeKey(createApiKey(value, { source: 'test' }), at(api.origin));
    expect(result).toEqual({ verdict: 'good', status: 404, detail: expect.any(String) });
    expect(api.requests.map(({ method, status }) => [method, status])).toEqual([
      ['GET', 401],
      ['GET', 404],
    ]);
    const [madeUp, real] = api.requests;
    expect(real).toMatchObject({ authorization: `Bearer ${value}`, path: madeUp?.path });
    expect(madeUp?.path).toMatch(/^\/v1\/image-projects\/[\w-]+$/);
    expect(findLeaks(result, [value])).toEqual([]);
  });

  it('is bad when the API refuses both', async () => {
    await using api = await startFakeMagicHourApi();
    await expect(probeKey(createHandWrittenProvider(), at(api.origin))).resolves.toMatchObject({
      verdict: 'bad',
      status: 401,
    });
  });

  it('is unpaid when the API knows the key and wants a payment', async () => {
    const provider = createHandWrittenProvider();
    await using api = await startFakeMagicHourApi({
      accept: [provider.current.reveal()],
      mode: 'paymentRequired',
    });
    await expect(probeKey(provider, at(api.origin))).resolves.toMatchObject({
      verdict: 'unpaid',
      status: 402,
    });
  });

  it.each(['lookupFirst', 'broken', 'throttled'] as const)(
    'is inconclusive, and the key is not even sent, when the API does not refuse a made-up one: %s',
    async (mode) => {
      await using api = await startFakeMagicHourApi({ mode });
      const provider = createHandWrittenProvider();
      await expect(probeKey(provider, at(api.origin))).resolves.toMatchObject({ verdict: 'inconclusive' });
      expect(api.requests).toHaveLength(1);
      expect(findLeaks(api.requests, [provider.current.reveal()])).toEqual([]);
    },
  );

  it.each([301, 400, 403, 422, 429, 500, 503])(
    'is inconclusive, and never bad, when the answer is %i',
    async (status) => {
      const provider = createHandWrittenProvider();
      await using server = await startEchoServer(({ headers }, response) => {
        const real = headers.authorization === `Bearer ${provider.current.reveal()}`;
        response.writeHead(real ? status : 401, { location: 'http://127.0.0.1:1/' }).end();
      });
      const result = await probeKey(provider, at(server.origin));
      expect(result).toMatchObject({
        verdict: 'inconclusive',
        status,
        detail: expect.stringContaining(String(status)),
      });
      expect(server.arrived).toHaveLength(2);
    },
  );

  it.each([1, 2])('is inconclusive when the connection is cut at request %i', async (last) => {
    await using server = await startEchoServer((_, response) => {
      if (server.arrived.length === last) response.destroy();
      else response.writeHead(401).end();
    });
    await expect(probeKey(createHandWrittenProvider(), at(server.origin))).resolves.toEqual({
      verdict: 'inconclusive',
      status: undefined,
      detail: 'the API could not be reached',
    });
  });

  it('is inconclusive when there is no answer in time', async () => {
    await using server = await startEchoServer(() => {});
    const result = probeKey(createHandWrittenProvider(), { ...at(server.origin), timeoutMs: 20 });
    await expect(result).resolves.toMatchObject({
      verdict: 'inconclusive',
      detail: expect.stringContaining('20 ms'),
    });
  });

  it('is inconclusive too when a fetch takes no notice of the signal', async () => {
    const fetch = () => new Promise<Response>(() => {});
    await expect(probeKey(createHandWrittenProvider(), { fetch, timeoutMs: 20 })).resolves.toMatchObject({
      verdict: 'inconclusive',
    });
  });
});

describe('a probe', () => {
  it('makes up another key each time', async () => {
    await using api = await startFakeMagicHourApi();
    const provider = createHandWrittenProvider();
    await probeKey(provider, at(api.origin));
    await probeKey(provider, at(api.origin));
    expect(new Set(api.requests.map(({ authorization }) => authorization)).size).toBe(3);
  });

  it('uses the key that a provider has now, and fails as it fails when there is none', async () => {
    const source = createMemorySource();
    const provider = createKeyProvider(source);
    await using api = await startFakeMagicHourApi({ accept: [source.current] });
    await expect(probeKey(provider, at(api.origin))).resolves.toHaveProperty('verdict', 'good');
    await provider.close();
    const nothing = createMemorySource();
    nothing.remove();
    const empty = createKeyProvider(nothing);
    await expect(probeKey(empty, at(api.origin))).rejects.toMatchObject({ code: 'not_found' });
    expect(api.requests).toHaveLength(2);
    await empty.close();
  });

  it('ends with my own reason when I abort it', async () => {
    await using server = await startEchoServer(() => {});
    const controller = new AbortController();
    const reason = new Error('I am leaving');
    const probing = probeKey(createHandWrittenProvider(), {
      ...at(server.origin),
      signal: controller.signal,
    });
    await vi.waitFor(() => expect(server.arrived).toHaveLength(1), { interval: 1 });
    controller.abort(reason);
    await expect(probing).rejects.toBe(reason);
    await expect(probeKey(createHandWrittenProvider(), { signal: controller.signal })).rejects.toBe(reason);
  });

  it('goes to the Magic Hour API unless told otherwise, and never over plain http', async () => {
    const urls: unknown[] = [];
    const fetch = async (url: unknown): Promise<Response> => {
      urls.push(url);
      return new Response(null, { status: 401 });
    };
    await probeKey(createHandWrittenProvider(), { fetch });
    expect(urls).toEqual(Array(2).fill(expect.stringMatching(/^https:\/\/api\.magichour\.ai\/v1\//)));
    for (const origin of ['http://api.magichour.ai', 'http://127.0.0.1:1', 'https://api.magichour.ai/v1']) {
      await expect(probeKey(createHandWrittenProvider(), { fetch, origin })).rejects.toMatchObject({
        code: 'invalid_config',
      });
    }
    expect(urls).toHaveLength(2);
  });

  it.each([0, -1, Number.NaN])('refuses %d milliseconds', async (timeoutMs) => {
    await expect(probeKey(createHandWrittenProvider(), { timeoutMs })).rejects.toBeInstanceOf(KeyError);
  });
});
