import { createKeyProvider, isKeyError, type KeyEvent } from '@magic-hour-keys/core';
import { expect, test } from 'vitest';
import { checkClockJumps } from './clock-jumps.ts';
import { DAY, HOUR, MINUTE, SECOND } from './durations.ts';
import { createInstantStore } from './instant-store.ts';
import { createLeanClock, settleMicrotasks } from './lean-clock.ts';
import { createSeeded } from './seeded.ts';

function createWorld(seed: number, policy: Parameters<typeof createKeyProvider>[1] = {}) {
  const seeded = createSeeded(seed);
  const clock = createLeanClock(seeded.next);
  const store = createInstantStore();
  const provider = createKeyProvider(store.source, { ...policy, runtime: clock.runtime });
  return { seeded, clock, store, provider };
}

test('100 rotations with overlap under 1,000,000 requests fail none of them', async () => {
  const { clock, store, provider } = createWorld(1);
  const acceptedUntilMs = new Map([[store.current, Infinity]]);
  const nowMs = (): number => clock.now().monotonicMs;
  const accepts = (value: string): boolean => (acceptedUntilMs.get(value) ?? -1) > nowMs();
  const underWay: { readonly value: string; readonly arrivesMs: number }[] = [];
  const counts = { requests: 0, failed: 0, keys: new Set<string>() };
  await provider.getKey();
  for (let rotation = 0; rotation < 100; rotation++) {
    acceptedUntilMs.set(store.current, nowMs() + 10 * MINUTE);
    acceptedUntilMs.set(store.rotate(), Infinity);
    for (let i = 0; i < 10_000; i++) {
      clock.pass(120);
      const readsBefore = store.reads;
      const value = provider.peek()?.reveal() ?? '';
      counts.keys.add(value);
      // A request takes up to half a minute to arrive, with the key that it left with.
      underWay.push({ value, arrivesMs: nowMs() + (i % 7) * 5 * SECOND });
      if (store.reads > readsBefore) await settleMicrotasks();
      while (underWay[0] && underWay[0].arrivesMs <= nowMs()) {
        counts.requests += 1;
        if (!accepts(underWay.shift()?.value ?? '')) counts.failed += 1;
      }
    }
  }
  console.log(
    `rotation under load: ${counts.requests} requests, ${counts.failed} failed, ${store.reads} reads`,
  );
  expect(counts.requests + underWay.length).toBe(1_000_000);
  expect(counts.failed).toBe(0);
  expect(counts.keys.size).toBe(101);
});

test('a 401 storm of 1,000 requests a second for 10 minutes without a new key costs 15 store reads at most', async () => {
  for (let seed = 1; seed <= 5; seed++) {
    const { clock, store, provider } = createWorld(seed);
    await provider.getKey();
    let renewed = 0;
    for (let step = 0; step < 6000; step++) {
      const answers = Array.from({ length: 100 }, async () => {
        const key = provider.peek();
        return key && provider.renew(key);
      });
      for (const answer of await Promise.all(answers)) if (answer) renewed += 1;
      clock.pass(100);
    }
    console.log(`401 storm, seed ${seed}: 600,000 rejections, ${store.reads - 1} reads`);
    expect(renewed).toBe(0);
    expect(store.reads - 1).toBeLessThanOrEqual(15);
    expect(store.reads - 1).toBeGreaterThanOrEqual(9);
  }
});

test('an outage shorter than maxStale fails nobody, and one second longer gives a typed error', async () => {
  const { clock, store, provider } = createWorld(3);
  await provider.getKey();
  store.fail('unavailable');
  let failed = 0;
  for (let passedMs = 0; passedMs < DAY; passedMs += 5 * SECOND) {
    clock.pass(5 * SECOND);
    if (!provider.peek()) failed += 1;
    await settleMicrotasks();
  }
  expect(failed).toBe(0);
  clock.pass(SECOND);
  expect(provider.peek()).toBeUndefined();
  const pending = provider.getKey().catch((error: unknown) => error);
  await clock.advance(10 * SECOND);
  const error = await pending;
  expect(isKeyError(error) && error.code).toBe('unavailable');
});

test('retries stay within 10 and a tenth of the successes over a day of a store that fails every other time', async () => {
  const events: KeyEvent[] = [];
  const { clock, store, provider, seeded } = createWorld(4, {
    maxStaleMs: 0,
    onEvent: (event) => void events.push(event),
  });
  let waiting = 0;
  for (let passedMs = 0; passedMs < DAY; passedMs += SECOND) {
    store.fail(seeded.chance(0.5) ? 'unavailable' : undefined);
    waiting += 1;
    const leave = (): void => void (waiting -= 1);
    void provider.getKey().then(leave, leave);
    await clock.advance(SECOND);
  }
  await clock.advance(20 * SECOND);
  const successes = events.filter(({ type }) => type === 'resolved' || type === 'refreshed').length;
  const landings = successes + events.filter(({ type }) => type === 'failed').length;
  const retries = store.reads - landings;
  console.log(`bad day: ${landings} reads, ${successes} successes, ${retries} retries`);
  expect(waiting).toBe(0);
  expect(retries).toBeLessThanOrEqual(10 + 0.1 * successes);
  expect(retries).toBeGreaterThan(100);
});

test('a replica that lags never brings an older version back, and a roll-back on purpose is taken within two periods', async () => {
  const seeded = createSeeded(5);
  const clock = createLeanClock(seeded.next);
  let newest = 1;
  let lag = (): number => 0;
  const keys = Array.from({ length: 4 }, () => createInstantStore().current);
  const store = createInstantStore(() => {
    const sequence = Math.max(1, newest - lag());
    return { value: keys[sequence % 4] ?? '', version: `v${sequence}`, sequence };
  });
  const provider = createKeyProvider(store.source, { runtime: clock.runtime });
  await provider.getKey();
  let served = 1;
  let reads = 0;
  // Replicas answer at random, but never twice in a row with the same older version: that would be a purpose.
  let lastLag = 0;
  lag = () => (lastLag = lastLag > 0 ? 0 : Math.floor(seeded.between(0, 3)));
  while (reads < 100_000) {
    clock.pass(seeded.between(MINUTE, 10 * MINUTE));
    if (seeded.chance(0.1)) newest += 1;
    provider.peek();
    await settleMicrotasks();
    ({ reads } = store);
    const now = Number(provider.peek()?.version?.slice(1));
    if (now < served) throw new Error(`v${now} replaced v${served} after ${reads} reads`);
    served = now;
  }
  expect(served).toBeGreaterThan(newest - 3);
  lag = () => 1;
  newest = Math.max(newest, served);
  let passedMs = 0;
  for (
    ;
    Number(provider.peek()?.version?.slice(1)) !== newest - 1 && passedMs < HOUR;
    passedMs += 10 * SECOND
  ) {
    clock.pass(10 * SECOND);
    provider.peek();
    await settleMicrotasks();
  }
  console.log(`rollback: taken after ${passedMs / SECOND} s`);
  expect(passedMs).toBeLessThanOrEqual(2 * 6 * MINUTE);
});

test('100,000 schedules of clock jumps never serve a key beyond maxStale', async () => {
  expect(await checkClockJumps(100_000)).toBe(100_000);
});
