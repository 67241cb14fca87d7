import { describe, expect, it } from 'vitest';
import { KeyError } from '@magic-hour-keys/core';
import { authHeaders } from '@magic-hour-keys/http';
import { createHandWrittenProvider } from './hand-written-provider.ts';

const URL_OF_API = 'https://api.magichour.ai/v1/x';

describe('authHeaders', () => {
  it('gives the header for a URL of the API, as a text or as a URL, from memory or after a read', async () => {
    for (const warm of [true, false]) {
      const provider = createHandWrittenProvider({ warm });
      const expected = { Authorization: `Bearer ${provider.current.reveal()}` };
      await expect(authHeaders(provider, URL_OF_API)).resolves.toEqual(expected);
      await expect(authHeaders(provider, new URL(URL_OF_API))).resolves.toEqual(expected);
      expect(provider.reads).toBe(warm ? 0 : 2);
    }
  });

  it.each([
    'https://evil.test/',
    'http://api.magichour.ai/',
    'https://me@api.magichour.ai/',
    '/v1/x',
    'blob:https://api.magichour.ai/1',
    '',
  ])('throws for any URL off the list, before it looks for a key: %j', async (url) => {
    const provider = createHandWrittenProvider();
    await expect(authHeaders(provider, url)).rejects.toMatchObject({ code: 'origin_not_allowed' });
    expect(provider.peeks + provider.reads).toBe(0);
  });

  it('follows my allow-list', async () => {
    const provider = createHandWrittenProvider();
    const options = { allowedOrigins: ['http://localhost:3000'], allowInsecureLoopback: true };
    await expect(authHeaders(provider, 'http://localhost:3000/v1', options)).resolves.toHaveProperty(
      'Authorization',
    );
    await expect(authHeaders(provider, URL_OF_API, options)).rejects.toMatchObject({
      code: 'origin_not_allowed',
    });
  });

  it('fails as the provider fails when there is no key', async () => {
    const error = new KeyError({ code: 'not_found', source: 'x' });
    const provider = { name: 'x', getKey: () => Promise.reject(error), renew: async () => undefined };
    await expect(authHeaders(provider, URL_OF_API)).rejects.toBe(error);
  });
});
