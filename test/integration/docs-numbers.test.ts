// The numbers on which somebody relies at three in the morning, against the provider itself, on a clock that moves when
// it is told to. The randomness stands at its upper end, so that each is the longest that can be.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createKeyProvider, type KeyErrorCode, type ManagedKeyProvider } from '@magic-hour-keys/core';
import {
  createManualClock,
  createMemorySource,
  type ManualClock,
  type MemorySource,
} from '@magic-hour-keys/testing';
import { expect, test } from 'vitest';
import { root } from './docs/pages.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

interface World {
  readonly clock: ManualClock;
  readonly source: MemorySource;
  readonly provider: ManagedKeyProvider;
}

async function startWorld(): Promise<World> {
  const clock = createManualClock();
  clock.setRandom(() => 1 - Number.EPSILON);
  const source = createMemorySource();
  const provider = createKeyProvider(source, { runtime: clock.runtime });
  await provider.getKey();
  return { clock, source, provider };
}

/** How long it takes, with a look at it each second, until the answer is yes. */
async function timeUntil(isSo: () => boolean | Promise<boolean>, { clock }: World): Promise<number> {
  const began = clock.wallMs();
  while (!(await isSo())) {
    if (clock.wallMs() - began > HOUR) throw new Error('not within an hour');
    await clock.advance(SECOND);
  }
  return clock.wallMs() - began;
}

/** Right after a read is the worst moment for a change: everything has to wait for the next one. */
async function untilNextRead(act: () => unknown, world: World): Promise<void> {
  const { length } = world.source.reads;
  await timeUntil(() => {
    void act();
    return world.source.reads.length > length;
  }, world);
  await world.clock.settle();
}

function holdsNewKey({ provider, source }: World): boolean {
  return provider.peek()?.reveal() === source.current;
}

test('a process in use has the new key after 6 minutes, as the page about rotation says', async () => {
  const world = await startWorld();
  await untilNextRead(() => world.provider.peek(), world);
  world.source.rotate();
  const took = await timeUntil(() => holdsNewKey(world), world);
  expect(took).toBeGreaterThan(5 * MINUTE);
  expect(took).toBeLessThanOrEqual(6 * MINUTE + 10 * SECOND);
  expect(read('docs/rotation.md')).toContain('6 minutes 10 seconds');
});

test('an idle process has the old key for one request alone', async () => {
  const world = await startWorld();
  const next = world.source.rotate();
  await world.clock.advance(HOUR);
  expect((await world.provider.getKey()).reveal() === next).toBe(false);
  await world.clock.settle();
  expect((await world.provider.getKey()).reveal() === next).toBe(true);
});

test('a key that was stored too late is found after 75 seconds of refusals', async () => {
  const world = await startWorld();
  const refused = await world.provider.getKey();
  const renew = (): Promise<unknown> => world.provider.renew(refused);
  for (let round = 0; round < 8; round += 1) await untilNextRead(renew, world);
  world.source.rotate();
  const took = await timeUntil(async () => (await world.provider.renew(refused)) !== undefined, world);
  expect(took).toBeGreaterThan(60 * SECOND);
  expect(took).toBeLessThanOrEqual(75 * SECOND);
});

test('a store that is back is noticed within a minute', async () => {
  const world = await startWorld();
  world.source.fail('unavailable');
  for (let round = 0; round < 10; round += 1) await untilNextRead(() => world.provider.peek(), world);
  world.source.rotate();
  world.source.heal();
  const took = await timeUntil(() => holdsNewKey(world), world);
  expect(took).toBeGreaterThan(30 * SECOND);
  expect(took).toBeLessThanOrEqual(61 * SECOND);
});

/** What a page promises, and the shortest and the longest time from the first failed read for which a key is served. */
const PROMISES: readonly (readonly [promise: string, least: number, most: number])[] = [
  ['30 seconds', 29 * SECOND, 3 * MINUTE],
  ['15 minutes', 14 * MINUTE, 16 * MINUTE],
  ['24 hours', 23 * HOUR, 24 * HOUR + 10 * MINUTE],
  ['goes on with its key', 23 * HOUR, 24 * HOUR + 10 * MINUTE],
  ['keeps its key, and does not wait', 23 * HOUR, 24 * HOUR + 10 * MINUTE],
];

test.each<KeyErrorCode>([
  'not_configured',
  'not_found',
  'disabled',
  'access_denied',
  'unauthenticated',
  'invalid_key',
  'invalid_config',
  'throttled',
  'timeout',
  'unavailable',
  'unknown',
])('a process that has a key keeps it for as long as the page of %s says', async (code) => {
  const [, promised = ''] = /^\|\s*\d+\s*\|[^|]*\|([^|]*)\|$/m.exec(read(`docs/errors/${code}.md`)) ?? [];
  const [, least = 0, most = 0] = PROMISES.find(([promise]) => promised.includes(promise)) ?? [];
  const served = await timeServed(code, await startWorld());
  expect(served, promised).toBeGreaterThanOrEqual(least);
  expect(served, promised).toBeLessThanOrEqual(most);
});

/** From the first read that failed. A look each second at first, and each ten minutes later. */
async function timeServed(code: KeyErrorCode, { clock, source, provider }: World): Promise<number> {
  source.fail(code);
  let failedAt: number | undefined;
  provider.subscribe(({ type }) => {
    if (type === 'failed') failedAt ??= clock.wallMs();
  });
  for (;;) {
    const isServed = provider.peek() !== undefined;
    await clock.settle();
    const servedMs = failedAt === undefined ? 0 : clock.wallMs() - failedAt;
    if (!isServed || servedMs > 2 * 24 * HOUR) return servedMs;
    await clock.advance(servedMs > 20 * MINUTE ? 10 * MINUTE : 10 * SECOND);
  }
}

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}
