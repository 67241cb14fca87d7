import axios from 'axios';
import { got } from 'got';
import { Agent, request } from 'undici';
import { describe, expect, it } from 'vitest';
import { createKeyProvider } from '@magic-hour-keys/core';
import { createFetch } from '@magic-hour-keys/http';
import { bindAxios } from '@magic-hour-keys/http/axios';
import { createGotOptions } from '@magic-hour-keys/http/got';
import { createMagicHourClient } from '@magic-hour-keys/http/magic-hour';
import { createRequest } from '@magic-hour-keys/http/node';
import { createKeyInterceptor } from '@magic-hour-keys/http/undici';
import { createManualClock, createMemorySource, startFakeMagicHourApi } from '@magic-hour-keys/testing';
import { allowLoopback } from './loopback-options.ts';
import { SDKS } from './magic-hour-sdks.ts';
import { IMAGE, silenceSdk } from './magic-hour-world.ts';

const CLIENTS = 6;
const SDK = SDKS.at(-1)!;

/** Six clients of one process that share one provider over a store in memory. */
async function startProcess() {
  silenceSdk();
  const clock = createManualClock();
  const source = createMemorySource();
  const provider = createKeyProvider(source, { runtime: clock.runtime });
  const api = await startFakeMagicHourApi({ accept: [source.current] });
  const options = allowLoopback(api.origin);
  const url = `${api.origin}/v1/ai-image-generator`;

  const keyedFetch = createFetch(provider, options);
  const instance = axios.create({ adapter: 'http', validateStatus: null });
  bindAxios(provider, instance, { ...options, getAdapter: axios.getAdapter });
  const keyedGot = got.extend(createGotOptions(provider, options), {
    retry: { limit: 0 },
    throwHttpErrors: false,
  });
  const agent = new Agent();
  const dispatcher = agent.compose(createKeyInterceptor(provider, options));
  const keyedRequest = createRequest(provider, options);
  const sdk = createMagicHourClient(provider, SDK.default, { baseUrl: api.origin, ...options });
  const senders: readonly (() => Promise<number>)[] = [
    async () => {
      const answer = await keyedFetch(url, { method: 'POST', body: '{}' });
      await answer.text();
      return answer.status;
    },
    async () => (await instance.post(url, '{}')).status,
    async () => (await keyedGot.post(url, { body: '{}' })).statusCode,
    async () => {
      const answer = await request(url, { method: 'POST', body: '{}', dispatcher });
      await answer.body.text();
      return answer.statusCode;
    },
    async () => {
      const answer = await keyedRequest(url, { method: 'POST', body: '{}' });
      answer.resume();
      return answer.statusCode ?? 0;
    },
    async () => {
      try {
        await sdk.v1.aiImageGenerator.create(IMAGE);
        return 200;
      } catch (error) {
        return statusOf(error);
      }
    },
  ];

  return {
    clock,
    source,
    provider,
    api,
    /** That many calls of each client, all at once. */
    callMany: (count: number): Promise<number[]> =>
      Promise.all(senders.flatMap((send) => Array.from({ length: count }, send))),
    async [Symbol.asyncDispose]() {
      await agent.destroy();
      await provider.close();
      await api.close();
    },
  };
}

/** The SDK throws for a refusal. */
function statusOf(error: unknown): number {
  const { response } = error as { response?: { status?: number } };
  return response?.status ?? 0;
}

function times(count: number, status: number): number[] {
  return Array.from({ length: count }, () => status);
}

describe('fetch, axios, got, undici, node:http and the Magic Hour SDK in one process', () => {
  it('share one read of the store at the start', async () => {
    await using all = await startProcess();
    await expect(all.callMany(40)).resolves.toEqual(times(40 * CLIENTS, 200));
    expect(all.source.reads).toEqual(['initial']);
    expect(all.api.statusCounts).toEqual({ 200: 40 * CLIENTS });
  });

  it('share one renewal for each rotation, and no call fails', async () => {
    await using all = await startProcess();
    const { source, api } = all;
    await all.callMany(1);
    for (let rotation = 1; rotation <= 5; rotation += 1) {
      api.clearRequests();
      api.hold();
      const calls = all.callMany(40);
      await api.whenHeld(40 * CLIENTS);
      api.revoke(source.current);
      api.accept(source.rotate());
      api.release();
      await expect(calls).resolves.toEqual(times(40 * CLIENTS, 200));
      expect(api.statusCounts).toEqual({ 401: 40 * CLIENTS, 200: 40 * CLIENTS });
      expect(source.reads).toEqual(['initial', ...Array<string>(rotation).fill('rejected')]);
    }
  });

  it('are replayed without a read when their 401 comes late, for a key that was replaced meanwhile', async () => {
    await using all = await startProcess();
    const { source, api, provider } = all;
    await all.callMany(1);
    const old = source.current;
    api.clearRequests();
    api.hold(({ authorization }) => authorization === `Bearer ${old}`);
    const late = all.callMany(10);
    await api.whenHeld(10 * CLIENTS);
    api.revoke(old);
    api.accept(source.rotate());
    provider.invalidate();
    await provider.getKey();
    const readsBefore = source.reads.length;
    api.release();
    await expect(late).resolves.toEqual(times(10 * CLIENTS, 200));
    expect(source.reads).toHaveLength(readsBefore);
    expect(api.statusCounts).toEqual({ 401: 10 * CLIENTS, 200: 10 * CLIENTS });
  });

  it('surface the 401 of a dead key, for one read of the store in five seconds, and recover by themselves', async () => {
    await using all = await startProcess();
    const { source, api, clock } = all;
    await all.callMany(1);
    api.revoke(source.current);
    api.clearRequests();
    for (let round = 0; round < 6; round += 1) {
      await expect(all.callMany(20)).resolves.toEqual(times(20 * CLIENTS, 401));
      await clock.advance(1000);
    }
    // Nobody is replayed with a key that was just refused: one request for each call.
    expect(api.statusCounts).toEqual({ 401: 6 * 20 * CLIENTS });
    expect(source.reads).toEqual(['initial', 'rejected']);
    // The store gets a good one.
    api.accept(source.rotate());
    await clock.advance(60_000);
    api.clearRequests();
    api.hold();
    const calls = all.callMany(20);
    await api.whenHeld(20 * CLIENTS);
    api.release();
    await expect(calls).resolves.toEqual(times(20 * CLIENTS, 200));
    expect(api.statusCounts).toEqual({ 401: 20 * CLIENTS, 200: 20 * CLIENTS });
    expect(source.reads).toEqual(['initial', 'rejected', 'rejected']);
  });

  it('keep their 401 and the key while the store is down', async () => {
    await using all = await startProcess();
    const { source, api, provider } = all;
    await all.callMany(1);
    const old = source.current;
    api.revoke(old);
    source.rotate();
    source.fail('access_denied');
    api.clearRequests();
    await expect(all.callMany(10)).resolves.toEqual(times(10 * CLIENTS, 401));
    expect(api.statusCounts).toEqual({ 401: 10 * CLIENTS });
    expect(source.reads).toEqual(['initial', 'rejected']);
    expect(provider.peek()?.reveal()).toBe(old);
  });

  it('do not take back a key that was refused, when a stale replica still has it', async () => {
    await using all = await startProcess();
    const { source, api } = all;
    await all.callMany(1);
    const first = source.current;
    api.revoke(first);
    const second = source.rotate();
    api.accept(second);
    await expect(all.callMany(5)).resolves.toEqual(times(5 * CLIENTS, 200));
    api.revoke(second);
    source.rollBack();
    expect(source.current).toBe(first);
    api.clearRequests();
    await expect(all.callMany(5)).resolves.toEqual(times(5 * CLIENTS, 401));
    expect(api.requests.map(({ authorization }) => authorization)).toEqual(
      Array(5 * CLIENTS).fill(`Bearer ${second}`),
    );
    // One for each key that was refused.
    expect(source.reads).toEqual(['initial', 'rejected', 'rejected']);
  });
});
