import { makeTestKey, startFakeMagicHourApi, type FakeMagicHourApi } from '@magic-hour-keys/testing';
import type { FakeMagicHourApiOptions } from '@magic-hour-keys/testing';
import { afterEach, describe, expect, it } from 'vitest';

const started: FakeMagicHourApi[] = [];

async function start(options?: FakeMagicHourApiOptions): Promise<FakeMagicHourApi> {
  const api = await startFakeMagicHourApi(options);
  started.push(api);
  return api;
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((api) => api.close()));
});

interface Call {
  readonly method?: string;
  readonly key?: string;
  readonly body?: string;
}

function call(api: FakeMagicHourApi, path: string, { key, ...init }: Call = {}): Promise<Response> {
  return fetch(`${api.origin}${path}`, {
    ...init,
    ...(key !== undefined && { headers: { authorization: `Bearer ${key}` } }),
  });
}

async function create(api: FakeMagicHourApi, key: string, path = '/v1/ai-image-generator'): Promise<string> {
  const response = await call(api, path, { method: 'POST', key, body: '{}' });
  return ((await response.json()) as { id: string }).id;
}

describe('projects', () => {
  it.each([
    ['/v1/face-swap', 'video', { type: 'FACE_SWAP', fps: 30, end_seconds: 5 }],
    ['/v1/ai-image-upscaler', 'image', { type: 'AI_IMAGE_UPSCALER', image_count: 1 }],
    ['/v1/ai-voice-generator', 'audio', { type: 'AI_VOICE_GENERATOR' }],
  ])(
    'of %s go through the states that the test names, and the last one stays',
    async (path, kind, fields) => {
      const key = makeTestKey();
      const api = await start({ accept: [key], projectStatuses: ['queued', 'rendering', 'complete'] });
      const id = await create(api, key, path);
      const seen: unknown[] = [];
      for (let look = 0; look < 4; look += 1) {
        seen.push(await (await call(api, `/v1/${kind}-projects/${id}`, { key })).json());
      }
      expect(seen).toMatchObject([
        { status: 'queued', downloads: [], ...fields },
        { status: 'rendering', downloads: [] },
        { status: 'complete', downloads: [{ url: expect.stringContaining(api.storage.origin) as string }] },
        { status: 'complete' },
      ]);
    },
  );

  it('say what went wrong', async () => {
    const key = makeTestKey();
    const api = await start({ accept: [key], projectStatuses: ['error'] });
    const id = await create(api, key);
    const answer = await call(api, `/v1/image-projects/${id}`, { key });
    expect(await answer.json()).toMatchObject({ status: 'error', error: { code: 'unknown_error' } });
  });

  it('can be deleted, with a key', async () => {
    const key = makeTestKey();
    const api = await start({ accept: [key] });
    const path = `/v1/image-projects/${await create(api, key)}`;
    expect((await call(api, path, { method: 'DELETE' })).status).toBe(401);
    expect((await call(api, path, { method: 'DELETE', key })).status).toBe(204);
    expect((await call(api, path, { key })).status).toBe(404);
  });

  it('find faces too', async () => {
    const key = makeTestKey();
    const api = await start({ accept: [key], projectStatuses: ['queued', 'complete'] });
    const id = await create(api, key, '/v1/face-detection');
    const looks = [1, 2].map(() => call(api, `/v1/face-detection/${id}`, { key }));
    const [first, second] = await Promise.all(looks);
    expect(await first?.json()).toMatchObject({ id, faces: [] });
    expect(await second?.json()).toMatchObject({ faces: [{ url: expect.stringContaining(id) as string }] });
  });
});

describe('the storage', () => {
  interface Item {
    readonly upload_url: string;
    readonly file_path: string;
  }

  async function ask(api: FakeMagicHourApi, key: string, body: unknown): Promise<Response> {
    return call(api, '/v1/files/upload-urls', { method: 'POST', key, body: JSON.stringify(body) });
  }

  it('takes one upload for each item, at another origin than that of the API', async () => {
    const key = makeTestKey();
    const api = await start({ accept: [key] });
    const asked = { items: [1, 2].map(() => ({ type: 'image', extension: 'png' })) };
    const { items } = (await (await ask(api, key, asked)).json()) as { items: Item[] };
    expect(new Set(items.map(({ file_path }) => file_path)).size).toBe(2);
    for (const { upload_url, file_path } of items) {
      expect(new URL(upload_url).origin).toBe(api.storage.origin);
      expect(api.storage.origin).not.toBe(api.origin);
      expect((await fetch(upload_url, { method: 'PUT', body: file_path })).status).toBe(200);
      expect(api.storage.files.get(file_path)).toBe(file_path);
    }
  });

  it('refuses a URL that was changed, another method, and a key beside the signature', async () => {
    const key = makeTestKey();
    const api = await start({ accept: [key] });
    const answer = await ask(api, key, { items: [{ type: 'image', extension: 'png' }] });
    const { items } = (await answer.json()) as { items: Item[] };
    const url = items[0]?.upload_url ?? '';
    const headers = { authorization: `Bearer ${key}` };
    const statuses = [
      await fetch(`${url}x`, { method: 'PUT', body: 'a' }),
      await fetch(url.replace('.png', '.jpg'), { method: 'PUT', body: 'a' }),
      await fetch(url),
      await fetch(url, { method: 'PUT', body: 'a', headers }),
    ].map(({ status }) => status);
    expect(statuses).toEqual([403, 403, 403, 400]);
    expect(api.storage.requests.map(({ status }) => status)).toEqual(statuses);
    expect(api.storage.files.size).toBe(0);
  });

  it.each(['no JSON', '{}', '{"items":[]}', '{"items":[{"type":"image"}]}', '{"items":[null]}'])(
    'is not opened by a request like %s',
    async (body) => {
      const key = makeTestKey();
      const api = await start({ accept: [key] });
      const answer = await call(api, '/v1/files/upload-urls', { method: 'POST', key, body });
      expect(answer.status).toBe(400);
    },
  );

  it('gives out what was made', async () => {
    const key = makeTestKey();
    const api = await start({ accept: [key] });
    const id = await create(api, key);
    const project = (await (await call(api, `/v1/image-projects/${id}`, { key })).json()) as {
      downloads: { url: string }[];
    };
    const download = await fetch(project.downloads[0]?.url ?? '');
    expect([download.status, await download.text()]).toEqual([200, `the image of ${id}`]);
  });

  it('closes with the API', async () => {
    const api = await start();
    await api.close();
    await expect(fetch(api.storage.origin)).rejects.toThrow('fetch failed');
  });
});
