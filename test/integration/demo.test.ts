// The demo runs here from source, so that it is tested without a build; `npm start` runs it on the built packages.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeTestKey } from '@magic-hour-keys/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

interface Demo {
  showFirstRequest(print: (line: string) => void): Promise<void>;
  askRealApi(print: (line: string) => void): Promise<boolean>;
}

const lines: string[] = [];
const print = (line: string): void => void lines.push(line);
let demo: Demo;
let temporary: string;

beforeEach(async () => {
  lines.length = 0;
  demo = (await import(new URL('../../examples/first-request.mjs', import.meta.url).href)) as Demo;
  temporary = await mkdtemp(join(tmpdir(), 'mhk-demo-test-'));
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) vi.stubEnv(name, temporary);
});

afterEach(() => rm(temporary, { recursive: true }));

test('the demo tells where the key was, that it worked, and that the rotation went unnoticed', async () => {
  await demo.showFirstRequest(print);

  const [found, used, rotated, replayed, summary] = lines;
  const oldKey = /…(\w{4}), found by "env" in \.env/.exec(found ?? '')?.[1];
  const newKey = /now holds …(\w{4})/.exec(rotated ?? '')?.[1];
  expect(used).toContain(`POST /v1/ai-image-generator with …${oldKey}: 200`);
  expect(rotated).toContain(`refuses …${oldKey}`);
  expect(replayed).toContain(`…${oldKey}: 401, then …${newKey}: 200`);
  expect(summary).toContain('one answer, 200');
  expect(newKey).not.toBe(oldKey);
});

test('the demo leaves nothing behind, and shows no more of a key than its last four characters', async () => {
  await demo.showFirstRequest(print);

  expect(await readdir(temporary)).toEqual([]);
  expect(lines.join('\n')).not.toMatch(/mhk_|Bearer/);
});

test('the demo does not mind what the environment says about a real key', async () => {
  const key = makeTestKey();
  vi.stubEnv('MAGIC_HOUR_API_KEY', key);
  vi.stubEnv('MAGIC_HOUR_ENV', 'production');
  vi.stubEnv('MAGIC_HOUR_KEYS_CONFIG', join(temporary, 'no-such-file.json'));
  await demo.showFirstRequest(print);

  expect(lines).toHaveLength(5);
  expect(lines.join('\n')).not.toContain(key.slice(-4));
});

test('with --live and no key, the demo says which variable to set and asks nobody', async () => {
  vi.stubEnv('MAGIC_HOUR_API_KEY', undefined);
  const fetch = vi.fn<typeof globalThis.fetch>();
  vi.stubGlobal('fetch', fetch);

  await expect(demo.askRealApi(print)).rejects.toMatchObject({
    code: 'not_found',
    hint: expect.stringContaining('MAGIC_HOUR_API_KEY'),
  });
  expect(fetch).not.toHaveBeenCalled();
});

test.each([
  ['a good key', [401, 404], 'is good', true],
  ['a refused key', [401, 401], 'is bad', false],
])(
  'with --live, the demo tells %s by the answer of the real API',
  async (_which, statuses, verdict, works) => {
    const key = makeTestKey();
    vi.stubEnv('MAGIC_HOUR_API_KEY', key);
    const asked: string[] = [];
    vi.stubGlobal('fetch', async (input: string) => {
      asked.push(String(input));
      return new Response('{}', { status: statuses[asked.length - 1] ?? 500 });
    });

    await expect(demo.askRealApi(print)).resolves.toBe(works);
    expect(asked.every((url) => url.startsWith('https://api.magichour.ai/'))).toBe(true);
    expect(lines.join('\n')).toContain(`…${key.slice(-4)} from "env" ${verdict}`);
    expect(lines.join('\n')).not.toContain(key);
  },
);

test('with --live and no network, the demo says that nothing is known', async () => {
  vi.stubEnv('MAGIC_HOUR_API_KEY', makeTestKey());
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('fetch failed')));

  await expect(demo.askRealApi(print)).resolves.toBe(false);
  expect(lines.join('\n')).toContain('is inconclusive');
});
