import { mkdir, rename, rm } from 'node:fs/promises';
import type { KeyErrorCode, KeyEvent, ManagedKeyProvider } from '@magic-hour-keys/core';
import { envKeyProvider } from '@magic-hour-keys/env';
import { createManualClock, findLeaks, makeTestKey, type ManualClock } from '@magic-hour-keys/testing';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../core/node/temporary-folder.ts';

const NAME = 'MAGIC_HOUR_API_KEY';
const folder = temporaryFolder();

interface World {
  readonly provider: ManagedKeyProvider;
  readonly clock: ManualClock;
  readonly events: KeyEvent[];
  /** The next event of this type. */
  readonly next: (type: KeyEvent['type']) => Promise<KeyEvent>;
}

function createWorld(): World {
  const clock = createManualClock();
  const events: KeyEvent[] = [];
  const provider = envKeyProvider(
    { env: {}, files: ['.env'], cwd: folder.path('') },
    { runtime: clock.runtime, onEvent: (event) => events.push(event) },
  );
  function next(type: KeyEvent['type']): Promise<KeyEvent> {
    return new Promise((resolve) => {
      const end = provider.subscribe((event) => {
        if (event.type !== type) return;
        end();
        resolve(event);
      });
    });
  }
  return { provider, clock, events, next };
}

async function reveal(provider: ManagedKeyProvider): Promise<string> {
  return (await provider.getKey()).reveal();
}

test.each<[string, KeyErrorCode, (good: string, next: string) => Promise<unknown>]>([
  ['emptied', 'not_found', () => folder.write('.env', '')],
  ['cut inside the name', 'not_found', () => folder.write('.env', 'MAGIC_HOUR_')],
  ['cut before the value', 'not_found', () => folder.write('.env', `${NAME}=`)],
  ['cut inside the value', 'invalid_key', (_, next) => folder.write('.env', `${NAME}=${next.slice(0, 12)}`)],
  ['cut inside the quotes', 'invalid_key', (_, next) => folder.write('.env', `${NAME}="${next}`)],
  [
    'saved as UTF-16',
    'invalid_config',
    (_, next) => folder.write('.env', Buffer.from(`${NAME}=${next}`, 'utf16le')),
  ],
  ['filled with zeros, as after a crash', 'invalid_config', () => folder.write('.env', Buffer.alloc(64))],
  ['set back to the example', 'invalid_key', () => folder.write('.env', `${NAME}=your_api_key_here`)],
  ['removed', 'not_found', () => rm(folder.path('.env'))],
  [
    'replaced by a folder',
    'invalid_config',
    async () => {
      await rm(folder.path('.env'));
      await mkdir(folder.path('.env'));
    },
  ],
])('a file that is %s does not replace a good key', async (_what, code, spoil) => {
  const [good, next] = [makeTestKey(), makeTestKey()];
  await folder.write('.env', `${NAME}=${good}\n`);
  const { provider, events } = createWorld();
  expect(await reveal(provider)).toBe(good);
  await spoil(good, next);
  provider.invalidate();
  expect(await reveal(provider)).toBe(good);
  expect(events.find(({ type }) => type === 'failed')).toMatchObject({ code });
  expect(findLeaks(events, [good, next])).toEqual([]);
  await provider.close();
});

test('an edited file is picked up by the next refresh, and nobody waits for it', async () => {
  const [first, second] = [makeTestKey(), makeTestKey()];
  await folder.write('.env', `${NAME}=${first}\n`);
  const { provider, clock, next } = createWorld();
  expect(await reveal(provider)).toBe(first);
  await folder.write('next', `${NAME}=${second}\n`);
  await rename(folder.path('next'), folder.path('.env'));
  expect(await reveal(provider)).toBe(first);
  await clock.advance(10 * 60_000);
  const changed = next('changed');
  expect(await reveal(provider)).toBe(first);
  expect(await changed).toMatchObject({ previousLast4: first.slice(-4), last4: second.slice(-4) });
  expect(await reveal(provider)).toBe(second);
  await provider.close();
});

test('a 401 finds the key that was written meanwhile', async () => {
  const [first, second] = [makeTestKey(), makeTestKey()];
  await folder.write('.env', `${NAME}=${first}\n`);
  const { provider } = createWorld();
  const rejected = await provider.getKey();
  await folder.write('.env', `${NAME}=${second}\n`);
  expect((await provider.renew(rejected))?.reveal()).toBe(second);
  await provider.close();
});

test('a key that moves from one file to the environment is told by its place', async () => {
  const [first, second] = [makeTestKey(), makeTestKey()];
  const env: Record<string, string> = {};
  const events: KeyEvent[] = [];
  await folder.write('.env', `${NAME}=${first}\n`);
  const provider = envKeyProvider(
    { env, files: ['.env'], cwd: folder.path('') },
    { onEvent: (event) => events.push(event) },
  );
  await provider.getKey();
  env[NAME] = second;
  provider.invalidate();
  await provider.getKey();
  expect(events).toMatchObject([
    { type: 'resolved', location: `${NAME} in .env` },
    { type: 'changed', location: `${NAME} in the environment` },
  ]);
  await provider.close();
});

test('the same warning is told once, however often the file is read', async () => {
  await folder.write('.env', `${NAME}="${makeTestKey()}"\nB=1\n`, 0o644);
  const { provider, events } = createWorld();
  await provider.getKey();
  provider.invalidate();
  await provider.getKey();
  expect(events.filter(({ type }) => type === 'warning')).toHaveLength(process.platform === 'win32' ? 0 : 1);
  await provider.close();
});
