import { describe, expect, it } from 'vitest';
import type { ApiKey, KeyProvider } from '@magic-hour-keys/core';
import { authHeaders, createFetch, withKey } from '@magic-hour-keys/http';
import { createHandWrittenProvider } from './hand-written-provider.ts';
import { createRecordingFetch } from './recording-fetch.ts';

const URL_OF_API = 'https://api.magichour.ai/v1/x';

/** A provider whose reads never end, and which takes no notice of signals. */
function createStuckProvider(): KeyProvider & { readonly reads: number } {
  let reads = 0;
  return {
    name: 'stuck',
    get reads() {
      return reads;
    },
    getKey: () => {
      reads += 1;
      return new Promise<ApiKey>(() => {});
    },
    renew: async () => undefined,
  };
}

describe('a call that I abort', () => {
  it('reads no key when it was aborted before it began', async () => {
    const provider = createHandWrittenProvider();
    const network = createRecordingFetch();
    const reason = new Error('I am leaving');
    const signal = AbortSignal.abort(reason);
    const fetch = createFetch(provider, { fetch: network.fetch });
    await expect(fetch(URL_OF_API, { signal })).rejects.toBe(reason);
    await expect(fetch(new Request(URL_OF_API, { signal }))).rejects.toBe(reason);
    await expect(authHeaders(provider, URL_OF_API, { signal })).rejects.toBe(reason);
    await expect(withKey(provider, () => 'sent', { signal })).rejects.toBe(reason);
    expect(provider.peeks + provider.reads + network.calls.length).toBe(0);
  });

  it('ends at once while it waits for a key, even if the store takes no notice', async () => {
    const provider = createStuckProvider();
    const network = createRecordingFetch();
    const fetch = createFetch(provider, { fetch: network.fetch });
    for (const start of [
      (signal: AbortSignal) => fetch(URL_OF_API, { signal }),
      (signal: AbortSignal) => fetch(new Request(URL_OF_API, { signal })),
      (signal: AbortSignal) => authHeaders(provider, URL_OF_API, { signal }),
      (signal: AbortSignal) => withKey(provider, () => 'sent', { signal }),
    ]) {
      const controller = new AbortController();
      const reason = new Error('I am leaving');
      const waiting = start(controller.signal);
      controller.abort(reason);
      await expect(waiting).rejects.toBe(reason);
    }
    expect(provider.reads).toBe(4);
    expect(network.calls).toHaveLength(0);
  });

  it('hands my signal to the provider', async () => {
    const { signal } = new AbortController();
    const seen: unknown[] = [];
    const key = createHandWrittenProvider().current;
    const provider: KeyProvider = {
      name: 'curious',
      async getKey(options) {
        seen.push(options?.signal);
        return key;
      },
      async renew(_, options) {
        seen.push(options?.signal);
        return undefined;
      },
    };
    const network = createRecordingFetch(() => new Response('', { status: 401 }));
    await createFetch(provider, { fetch: network.fetch })(URL_OF_API, { signal });
    expect(seen).toEqual([signal, signal]);
  });

  it('ends at once while it waits for another key, and lets the refused answer go', async () => {
    const controller = new AbortController();
    const reason = new Error('I am leaving');
    let cancelled = false;
    const body = new ReadableStream({ cancel: () => void (cancelled = true) });
    const provider = createHandWrittenProvider({
      renew: () => {
        controller.abort(reason);
        return new Promise(() => {});
      },
    });
    const network = createRecordingFetch(() => new Response(body, { status: 401 }));
    const waiting = createFetch(provider, { fetch: network.fetch })(URL_OF_API, {
      signal: controller.signal,
    });
    await expect(waiting).rejects.toBe(reason);
    expect(cancelled).toBe(true);
    expect(network.calls).toHaveLength(1);
  });

  it('is not sent again when I abort it while the refused answer is read away', async () => {
    const controller = new AbortController();
    const reason = new Error('I am leaving');
    const provider = createHandWrittenProvider();
    const body = new ReadableStream(
      {
        pull(stream) {
          controller.abort(reason);
          stream.close();
        },
      },
      { highWaterMark: 0 },
    );
    const network = createRecordingFetch(() => new Response(body, { status: 401 }));
    const waiting = createFetch(provider, { fetch: network.fetch })(URL_OF_API, {
      signal: controller.signal,
    });
    provider.use(`${provider.current.reveal()}x`);
    await expect(waiting).rejects.toBe(reason);
    expect(network.calls).toHaveLength(1);
  });

  it('ends in the same ways around any other client', async () => {
    for (const abortWhile of ['the other key is read', 'the refused answer is read away']) {
      const controller = new AbortController();
      const reason = new Error('I am leaving');
      let bodyWasUsed = false;
      const body = new ReadableStream(
        {
          pull(stream) {
            bodyWasUsed = true;
            controller.abort(reason);
            stream.close();
          },
        },
        { highWaterMark: 0 },
      );
      const other = createHandWrittenProvider().current;
      const provider = createHandWrittenProvider({
        renew: () => {
          if (abortWhile !== 'the other key is read') return Promise.resolve(other);
          controller.abort(reason);
          return new Promise(() => {});
        },
      });
      const attempts: number[] = [];
      const waiting = withKey(
        provider,
        ({ headersFor, attempt }) => {
          attempts.push(attempt);
          headersFor(URL_OF_API);
          return new Response(body, { status: 401 });
        },
        { signal: controller.signal },
      );
      await expect(waiting, abortWhile).rejects.toBe(reason);
      expect({ attempts, bodyWasUsed }, abortWhile).toEqual({ attempts: [1], bodyWasUsed: true });
    }
  });

  it('shares one listener with all others that wait under the same signal, and leaves none behind', async () => {
    const { signal } = new AbortController();
    let listeners = 0;
    let most = 0;
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      most = Math.max(most, (listeners += 1));
      addEventListener.apply(signal, args);
    };
    signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      listeners -= 1;
      removeEventListener.apply(signal, args);
    };
    const provider = createHandWrittenProvider({ warm: false });
    const fetch = createFetch(provider, { fetch: createRecordingFetch().fetch });
    await Promise.all(Array.from({ length: 300 }, () => fetch(URL_OF_API, { signal })));
    expect(provider.reads).toBe(300);
    expect({ most, left: listeners }).toEqual({ most: 1, left: 0 });
  });

  it('gets an AbortError from a signal that has no reason, as those of abort-controller', async () => {
    const listeners: (() => void)[] = [];
    const signal = {
      aborted: false,
      addEventListener: (_: string, listener: () => void) => void listeners.push(listener),
      removeEventListener: () => {},
    };
    const fetch = createFetch(createStuckProvider(), { fetch: createRecordingFetch().fetch });
    const waiting = fetch(URL_OF_API, { signal: signal as unknown as AbortSignal });
    signal.aborted = true;
    for (const listener of listeners) listener();
    await expect(waiting).rejects.toHaveProperty('name', 'AbortError');
  });

  it('takes null for a signal as fetch does: there is none then, not even that of the Request', async () => {
    const provider = createHandWrittenProvider();
    const network = createRecordingFetch();
    const request = new Request(URL_OF_API, { signal: AbortSignal.abort() });
    await createFetch(provider, { fetch: network.fetch })(request, { signal: null });
    expect(network.calls).toHaveLength(1);
  });
});
