import { describe, expect, it } from 'vitest';
import { createFetch } from '@magic-hour-keys/http';
import type { FetchOptions } from '@magic-hour-keys/http';
import { createHandWrittenProvider } from './hand-written-provider.ts';
import { createRecordingFetch } from './recording-fetch.ts';

const API = 'https://api.magichour.ai';

function createGuardedFetch(options: FetchOptions = {}) {
  const provider = createHandWrittenProvider();
  const network = createRecordingFetch();
  return { provider, network, fetch: createFetch(provider, { fetch: network.fetch, ...options }) };
}

describe('the allow-list', () => {
  it('sends the key to the Magic Hour API and nowhere else unless told so', async () => {
    const { fetch, network, provider } = createGuardedFetch();
    await fetch(`${API}/v1/image-projects/1`);
    expect(network.last.authorization).toBe(`Bearer ${provider.current.reveal()}`);
    for (const url of ['https://magichour.ai/', 'https://videos.magichour.ai/', 'https://example.test/']) {
      await fetch(url);
      expect(network.last.authorization, url).toBeNull();
    }
  });

  it('is replaced by the origins that I list, so the default does not stay on it', async () => {
    const { fetch, network } = createGuardedFetch({ allowedOrigins: ['https://proxy.internal:8443'] });
    await fetch('https://proxy.internal:8443/v1/x');
    expect(network.last.authorization).not.toBeNull();
    await fetch(`${API}/v1/x`);
    expect(network.last.authorization).toBeNull();
  });

  it('takes an origin however it is spelt', async () => {
    const { fetch, network } = createGuardedFetch({ allowedOrigins: ['HTTPS://Api.MagicHour.ai:443/'] });
    await fetch(`${API}/v1/x`);
    expect(network.last.authorization).not.toBeNull();
  });

  it.each([
    ['a path', 'https://api.magichour.ai/v1'],
    ['a query', 'https://api.magichour.ai?x=1'],
    ['a query', 'https://api.magichour.ai/?'],
    ['a fragment', 'https://api.magichour.ai/#'],
    ['a user name', 'https://me:secret-word@api.magichour.ai'],
    ['a user name', 'https://@api.magichour.ai'],
    ['a wildcard', 'https://*.magichour.ai'],
    ['a wildcard', 'https://%2a.magichour.ai'],
    ['a wildcard', '*'],
    ['plain http', 'http://api.magichour.ai'],
    ['plain http on this machine without the flag', 'http://127.0.0.1:8080'],
    ['another scheme', 'wss://api.magichour.ai'],
    ['another scheme', 'file:///etc/passwd'],
    ['another scheme', 'blob:https://api.magichour.ai/1'],
    ['a backslash', 'https:\\\\api.magichour.ai'],
    ['a blank', ' https://api.magichour.ai'],
    ['no scheme', 'api.magichour.ai'],
    ['nothing', ''],
  ])('refuses an entry with %s: %s', (_, entry) => {
    const create = (): unknown => createGuardedFetch({ allowedOrigins: [API, entry] });
    expect(create).toThrow(expect.objectContaining({ name: 'KeyError', code: 'invalid_config' }));
    expect(create).toThrow(/allowedOrigins\[1\]/);
    expect(create).not.toThrow(/secret-word/);
  });

  it.each([
    ['an empty list', []],
    ['a text', API],
    ['a list of numbers', [1]],
  ])('refuses %s', (_, allowedOrigins: unknown) => {
    const create = (): unknown => createGuardedFetch({ allowedOrigins: allowedOrigins as string[] });
    expect(create).toThrow(expect.objectContaining({ code: 'invalid_config' }));
  });

  it.each(['http://localhost:8080', 'http://127.0.0.1:8080', 'http://[::1]:8080'])(
    'sends the key over plain http to %s when I allow it',
    async (origin) => {
      const { fetch, network } = createGuardedFetch({
        allowedOrigins: [origin],
        allowInsecureLoopback: true,
      });
      await fetch(`${origin}/v1/x`);
      expect(network.last.authorization).not.toBeNull();
    },
  );

  it.each([
    'http://api.magichour.ai',
    'http://10.0.0.1',
    'http://localhost.evil.test',
    'http://127.0.0.1.nip.test',
  ])('refuses %s even when plain http on this machine is allowed', (origin) => {
    const create = (): unknown =>
      createGuardedFetch({ allowedOrigins: [origin], allowInsecureLoopback: true });
    expect(create).toThrow(expect.objectContaining({ code: 'invalid_config' }));
  });

  it('does not open this machine by the flag alone', async () => {
    const { fetch, network } = createGuardedFetch({ allowInsecureLoopback: true });
    await fetch('http://127.0.0.1:8080/v1/x');
    expect(network.last.authorization).toBeNull();
  });
});

describe('a URL off the allow-list', () => {
  it('is fetched without the key, and told by its origin alone', async () => {
    const events: unknown[] = [];
    const { fetch, network, provider } = createGuardedFetch({ onEvent: (event) => events.push(event) });
    const init = { method: 'PUT', body: 'video' };
    await fetch('https://storage.test:444/bucket/file?X-Signature=abc', init);
    expect(network.last).toMatchObject({
      authorization: null,
      input: 'https://storage.test:444/bucket/file?X-Signature=abc',
    });
    expect(network.last.init).toBe(init);
    expect(events).toEqual([{ type: 'foreign-origin', origin: 'https://storage.test:444' }]);
    expect(provider.peeks + provider.reads).toBe(0);
  });

  it.each([
    ['blob:https://api.magichour.ai/3f0c', 'blob:'],
    ['data:text/plain,hello', 'data:'],
    ['file:///etc/hosts', 'file:'],
  ])('never gets the key as %s', async (url, origin) => {
    const events: unknown[] = [];
    const { fetch, network } = createGuardedFetch({ onEvent: (event) => events.push(event) });
    await fetch(url);
    expect(network.last.authorization).toBeNull();
    expect(events).toEqual([{ type: 'foreign-origin', origin }]);
  });

  it('is refused when I ask for that, without its path in the error', async () => {
    const { fetch, network } = createGuardedFetch({ foreignOrigin: 'error' });
    const refused = fetch('https://storage.test/bucket?X-Signature=abc');
    await expect(refused).rejects.toMatchObject({
      code: 'origin_not_allowed',
      hint: expect.stringContaining('allowedOrigins'),
    });
    await expect(refused).rejects.not.toThrow(/bucket|abc/);
    expect(network.calls).toHaveLength(0);
  });

  it('does not fail because a listener failed', async () => {
    const { fetch, network } = createGuardedFetch({
      onEvent: () => {
        throw new Error('broken listener');
      },
    });
    await expect(fetch('https://storage.test/')).resolves.toHaveProperty('status', 200);
    expect(network.calls).toHaveLength(1);
  });

  it.each(['pass', 'error'] as const)(
    'is always refused as plain http to the API itself (foreignOrigin: %s)',
    async (foreignOrigin) => {
      const { fetch, network } = createGuardedFetch({ foreignOrigin });
      for (const url of [
        'http://api.magichour.ai/v1/x',
        'HTTP://API.magichour.ai:80/',
        'http://api.magichour.ai:8080/',
      ]) {
        await expect(fetch(url), url).rejects.toMatchObject({
          code: 'origin_not_allowed',
          hint: expect.stringContaining('https'),
        });
      }
      expect(network.calls).toHaveLength(0);
    },
  );

  it('is refused as plain http to any host that I allowed over https', async () => {
    const { fetch } = createGuardedFetch({ allowedOrigins: ['https://proxy.internal:8443'] });
    await expect(fetch('http://proxy.internal/v1/x')).rejects.toMatchObject({ code: 'origin_not_allowed' });
    await expect(fetch('http://api.magichour.ai/v1/x')).rejects.toMatchObject({ code: 'origin_not_allowed' });
  });

  it.each([
    'https://me@api.magichour.ai/v1',
    'https://me:word@api.magichour.ai/v1',
    'https://:word@api.magichour.ai/v1',
  ])('is refused with a user name in it: %s', async (url) => {
    const { fetch, network } = createGuardedFetch();
    await expect(fetch(url)).rejects.toMatchObject({ code: 'origin_not_allowed' });
    await expect(fetch(url)).rejects.not.toThrow(/word@/);
    expect(network.calls).toHaveLength(0);
  });

  it('goes to fetch as it is when it is relative, so that the error is the one I know', async () => {
    const provider = createHandWrittenProvider();
    const fetch = createFetch(provider, { foreignOrigin: 'error' });
    await expect(fetch('/v1/image-projects')).rejects.toThrow(TypeError);
    expect(provider.peeks).toBe(0);
  });
});

describe('options that make no sense', () => {
  it.each([
    ['foreignOrigin', { foreignOrigin: 'erorr' }],
    ['replay', { replay: 'always' }],
    ['onEvent', { onEvent: 'console' }],
    ['fetch', { fetch: 'node-fetch' }],
  ])('are refused when they are written: %s', (name, options) => {
    const create = (): unknown => createFetch(createHandWrittenProvider(), options as FetchOptions);
    expect(create).toThrow(expect.objectContaining({ code: 'invalid_config' }));
    expect(create).toThrow(new RegExp(name));
  });
});
