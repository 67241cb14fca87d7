import { describe, expect, it, vi } from 'vitest';
import type { ApiKey, KeyProvider } from '@magic-hour-keys/core';
import { authHeaders, createFetch, probeKey, withKey } from '@magic-hour-keys/http';
import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { createHandWrittenProvider } from './hand-written-provider.ts';
import { createRecordingFetch } from './recording-fetch.ts';

const URL_OF_API = 'https://api.magichour.ai/v1/x';

/** A provider that builds its keys by hand, as nobody should. */
function createCarelessProvider(value: unknown): KeyProvider {
  const key = { reveal: () => value, last4: '', fingerprint: '', source: 'careless' } as ApiKey;
  return { name: 'careless', getKey: async () => key, renew: async () => undefined };
}

describe('a key that can not stand in a header', () => {
  const secret = makeTestKey();
  it.each([
    ['a line break at its end', `${secret}\n`],
    ['a line break in it', `${secret}\r\nx-admin: 1`],
    ['a NUL', `${secret}\0${secret}`],
    ['a byte order mark', `\uFEFF${secret}`],
    ['a blank', `${secret} ${secret}`],
    ['quotes', `"${secret}"`],
    ['a letter outside of ASCII', `${secret}é`],
    ['the scheme pasted with it', `Bearer ${secret}`],
  ])('is never sent, and never shown: %s', async (_, value) => {
    const provider = createCarelessProvider(value);
    const network = createRecordingFetch();
    const fetch = createFetch(provider, { fetch: network.fetch });
    const attempts = [
      fetch(URL_OF_API),
      fetch(new Request(URL_OF_API, { method: 'POST', body: '{}' })),
      authHeaders(provider, URL_OF_API),
      withKey(provider, ({ headersFor }) => headersFor(URL_OF_API)),
      probeKey(provider, { fetch: network.fetch }),
    ];
    const errors = await Promise.all(
      attempts.map((attempt) =>
        attempt.then(
          () => undefined,
          (error: unknown) => error,
        ),
      ),
    );
    for (const error of errors) {
      expect(error).toMatchObject({ code: 'invalid_key', hint: expect.stringContaining('createApiKey') });
      expect(findLeaks(error, [secret])).toEqual([]);
    }
    expect(network.calls).toHaveLength(0);
  });

  it.each([
    ['an empty text', ''],
    ['a number', 5],
    ['nothing', undefined],
  ])('is not sent either when it is %s', async (_, value) => {
    await expect(authHeaders(createCarelessProvider(value), URL_OF_API)).rejects.toMatchObject({
      code: 'invalid_key',
    });
  });

  it('is not sent either when the provider gives no key at all', async () => {
    const provider = { name: 'empty', getKey: async () => undefined, renew: async () => undefined };
    const network = createRecordingFetch();
    const fetch = createFetch(provider as unknown as KeyProvider, { fetch: network.fetch });
    await expect(fetch(URL_OF_API)).rejects.toMatchObject({ code: 'invalid_key', source: 'empty' });
    expect(network.calls).toHaveLength(0);
  });
});

describe('the text of the header', () => {
  it('is built once per key', async () => {
    const network = createRecordingFetch();
    const reveal = vi.fn<() => string>(() => 'A'.repeat(40));
    const key = { reveal, last4: 'AAAA', fingerprint: '', source: 'x' };
    const provider = { name: 'x', getKey: async () => key, renew: async () => undefined, peek: () => key };
    const fetch = createFetch(provider, { fetch: network.fetch });
    await fetch(URL_OF_API);
    await fetch(URL_OF_API);
    await fetch(URL_OF_API);
    expect(reveal).toHaveBeenCalledOnce();
    expect(network.calls.map((call) => call.authorization)).toEqual(
      Array(3).fill(`Bearer ${'A'.repeat(40)}`),
    );
  });

  it('is not shared between two providers', async () => {
    const network = createRecordingFetch();
    const [one, other] = [createHandWrittenProvider(), createHandWrittenProvider()];
    await createFetch(one, { fetch: network.fetch })(URL_OF_API);
    await createFetch(other, { fetch: network.fetch })(URL_OF_API);
    expect(network.calls.map((call) => call.authorization)).toEqual(
      [one, other].map((provider) => `Bearer ${provider.current.reveal()}`),
    );
  });
});
