import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GENERATING_SDKS, SDKS } from './magic-hour-sdks.ts';
import { IMAGE, startMagicHourWorld, VIDEO } from './magic-hour-world.ts';

let folder = '';
let picture = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mhk-sdk-'));
  picture = join(folder, 'picture.png');
  await writeFile(picture, 'the content of a picture');
});
afterEach(() => rm(folder, { recursive: true }));

describe.each(SDKS)('$name', (sdk) => {
  it('goes on asking for a project while the key is rotated at each look', async () => {
    await using world = await startMagicHourWorld(sdk, {
      api: { projectStatuses: ['queued', 'rendering', 'rendering', 'complete'] },
    });
    const { client, api, source } = world;
    const { id } = await client.v1.textToVideo.create(VIDEO);
    const seen: string[] = [];
    while (seen.at(-1) !== 'complete') {
      world.rotate();
      seen.push((await client.v1.videoProjects.get({ id })).status);
    }
    expect(seen).toEqual(['queued', 'rendering', 'rendering', 'complete']);
    expect(api.statusCounts).toEqual({ 200: 5, 401: 4 });
    expect(source.reads).toEqual(['initial', ...Array<string>(4).fill('rejected')]);
  });

  it('gets upload URLs across a rotation, and the signed URL never sees the key', async () => {
    await using world = await startMagicHourWorld(sdk);
    const { client, api } = world;
    await client.v1.aiImageGenerator.create(IMAGE);
    world.rotate();
    const { items } = await client.v1.files.uploadUrls.create({
      items: [{ type: 'image', extension: 'png' }],
    });
    expect(api.statusCounts).toEqual({ 200: 2, 401: 1 });
    const [item] = items;
    expect(new URL(item?.uploadUrl ?? '').origin).toBe(api.storage.origin);
    const uploaded = await fetch(item?.uploadUrl ?? '', { method: 'PUT', body: 'bytes' });
    expect(uploaded.status).toBe(200);
    expect(api.storage.files.get(item?.filePath ?? '')).toBe('bytes');
  });
});

describe.each(GENERATING_SDKS)('$name, which waits for results by itself', (sdk) => {
  it('generates an image while the key is rotated between creating and each look', async () => {
    const hooks: { onRequest: () => undefined } = { onRequest: () => undefined };
    await using world = await startMagicHourWorld(sdk, {
      api: { projectStatuses: ['queued', 'rendering', 'complete'], onRequest: () => hooks.onRequest() },
    });
    const { client, api, source } = world;
    await world.provider.getKey();
    let rotations = 0;
    // Before each request that comes with a good key, but for its own second try.
    hooks.onRequest = () => {
      if (api.requests.length % 2 === 1) {
        world.rotate();
        rotations += 1;
      }
    };
    const result = await client.v1.aiImageGenerator.generate(IMAGE, { downloadDirectory: folder });
    expect(result.status).toBe('complete');
    expect(rotations).toBe(4);
    expect(api.statusCounts).toEqual({ 401: 4, 200: 4 });
    expect(source.reads).toEqual(['initial', ...Array<string>(4).fill('rejected')]);
    const [path = ''] = result.downloadedPaths ?? [];
    expect(await readFile(path, 'utf8')).toBe(`the image of ${result.id}`);
    expect(api.storage.requests).toMatchObject([{ method: 'GET', status: 200, authorization: undefined }]);
  });

  it('uploads a file, and is refused once on the way', async () => {
    await using world = await startMagicHourWorld(sdk);
    const { client, api } = world;
    await client.v1.aiImageGenerator.create(IMAGE);
    world.rotate();
    const path = await client.v1.files.uploadFile(picture);
    expect(api.storage.files.get(path)).toBe('the content of a picture');
    expect(api.storage.requests).toMatchObject([{ method: 'PUT', status: 200, authorization: undefined }]);
    expect(api.statusCounts).toEqual({ 200: 2, 401: 1 });
  });

  it('uploads, creates, waits and downloads in one call, with the key rotated in the middle of the upload', async () => {
    await using world = await startMagicHourWorld(sdk, {
      api: { projectStatuses: ['rendering', 'complete'] },
    });
    const { client, api } = world;
    await world.provider.getKey();
    api.hold(({ path }) => path === '/v1/files/upload-urls');
    const generated = client.v1.aiImageUpscaler.generate(
      { assets: { imageFilePath: picture }, scaleFactor: 2, style: { enhancement: 'Balanced' } },
      { downloadDirectory: folder },
    );
    await api.whenHeld(1);
    world.rotate();
    api.release();
    const result = await generated;
    expect(result).toMatchObject({ status: 'complete', type: 'AI_IMAGE_UPSCALER' });
    expect(api.requests.map(({ path, status }) => [path.split('/')[2], status])).toEqual([
      ['files', 401],
      ['files', 200],
      ['ai-image-upscaler', 200],
      ['image-projects', 200],
      ['image-projects', 200],
    ]);
    expect(api.storage.requests.map(({ method, status }) => [method, status])).toEqual([
      ['PUT', 200],
      ['GET', 200],
    ]);
    expect(api.storage.requests.every(({ authorization }) => authorization === undefined)).toBe(true);
  });

  it.each(['error', 'canceled'] as const)('tells me of a project that ends as %s', async (status) => {
    await using world = await startMagicHourWorld(sdk, { api: { projectStatuses: ['queued', status] } });
    const result = await world.client.v1.textToVideo.generate(VIDEO, { downloadDirectory: folder });
    expect(result.status).toBe(status);
    expect(world.api.storage.requests).toEqual([]);
  });

  it('sends a 429 again as I told it, and a refused key never', async () => {
    await using world = await startMagicHourWorld(sdk);
    const { client, api, source } = world;
    const opts = { retries: { statusCodes: [4], maxRetries: 2, initialDelay: 1 } };
    const { id } = await client.v1.aiImageGenerator.create(IMAGE);
    api.revoke(source.current);
    api.clearRequests();
    for (const statusCodes of [[4], [401], [4, 401, 5]]) {
      const call = client.v1.imageProjects.get({ id }, { retries: { ...opts.retries, statusCodes } });
      await expect(call).rejects.toMatchObject({ response: { status: 401 } });
    }
    expect(api.statusCounts).toEqual({ 401: 3 });
    api.setMode('throttled');
    await expect(client.v1.imageProjects.get({ id }, opts)).rejects.toMatchObject({
      response: { status: 429 },
    });
    expect(api.statusCounts).toEqual({ 401: 3, 429: 3 });
  });
});
