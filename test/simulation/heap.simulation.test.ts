import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createKeyProvider } from '@magic-hour-keys/core';
import { expect, test } from 'vitest';
import { MINUTE } from './durations.ts';
import { createInstantStore } from './instant-store.ts';
import { createLeanClock, settle, settleMicrotasks } from './lean-clock.ts';
import { createSeeded } from './seeded.ts';

const REFRESHES = 1_000_000;
const MEBIBYTE = 2 ** 20;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

async function heapUsed(): Promise<number> {
  for (let i = 0; i < 5; i++) {
    await settle();
    collectGarbage();
  }
  return process.memoryUsage().heapUsed;
}

test('1,000,000 refreshes leave less than 1 MiB behind', async () => {
  const seeded = createSeeded(1);
  const clock = createLeanClock(seeded.next);
  const store = createInstantStore();
  const provider = createKeyProvider(store.source, { runtime: clock.runtime });
  let events = 0;
  provider.subscribe(() => void (events += 1));
  const controller = new AbortController();

  async function refresh(count: number): Promise<void> {
    const end = store.reads + count;
    while (store.reads < end) {
      clock.pass(10 * MINUTE);
      if (store.reads % 10 === 0) store.rotate();
      store.fail(store.reads % 13 === 0 ? 'unauthenticated' : undefined);
      const key = provider.peek();
      if (key && store.reads % 17 === 0) void provider.renew(key, { signal: controller.signal });
      await settleMicrotasks();
    }
  }

  await provider.getKey();
  await refresh(20_000);
  const before = await heapUsed();
  await refresh(REFRESHES);
  const grown = (await heapUsed()) - before;
  console.log(`heap: ${(grown / 1024).toFixed(0)} KiB more after ${store.reads} reads and ${events} events`);
  expect(grown).toBeLessThanOrEqual(MEBIBYTE);
  expect(clock.timers()).toEqual([]);
});
