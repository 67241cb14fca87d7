import { createKeyProvider } from '@magic-hour-keys/core';
import fc from 'fast-check';
import { DAY, HOUR, MINUTE, SECOND, YEAR } from './durations.ts';
import { createInstantStore } from './instant-store.ts';
import { createLeanClock, settleMicrotasks, type Moment } from './lean-clock.ts';
import { createSeeded } from './seeded.ts';

const FRESH_MS = 5 * MINUTE;
const MAX_STALE_MS = HOUR;

interface Step {
  readonly kind: 'pass' | 'jump' | 'sleep';
  readonly ms: number;
}

const magnitudes = fc.oneof(
  fc.constantFrom(SECOND, MINUTE, FRESH_MS, HOUR, DAY, 10 * YEAR),
  fc.integer({ min: 1, max: 2 * HOUR }),
);

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { arbitrary: magnitudes.map((ms) => ({ kind: 'pass' as const, ms: Math.min(ms, DAY) })), weight: 3 },
    { arbitrary: magnitudes.map((ms) => ({ kind: 'jump' as const, ms })), weight: 1 },
    { arbitrary: magnitudes.map((ms) => ({ kind: 'jump' as const, ms: -ms })), weight: 1 },
    { arbitrary: magnitudes.map((ms) => ({ kind: 'sleep' as const, ms })), weight: 1 },
  ),
  { minLength: 1, maxLength: 20 },
);

/**
 * F19 and F21: whatever the clocks do, no key is served that is older than maxStale on either of them, none is hidden
 * that is not, and each jump ahead or sleep costs one read at most.
 */
export async function checkClockJumps(schedules: number): Promise<number> {
  let checked = 0;
  await fc.assert(
    fc.asyncProperty(steps, fc.boolean(), fc.integer(), async (schedule, fails, seed) => {
      const clock = createLeanClock(createSeeded(seed).next);
      const store = createInstantStore();
      const provider = createKeyProvider(store.source, {
        freshMs: FRESH_MS,
        maxStaleMs: MAX_STALE_MS,
        runtime: clock.runtime,
      });
      let confirmedAt = clock.now();
      let reads = 1;
      let passedMs = 0;
      let surprises = 0;
      await provider.getKey();
      if (fails) store.fail('unauthenticated');

      for (const [index, { kind, ms }] of schedule.entries()) {
        if (kind === 'pass') {
          clock.pass(ms);
          passedMs += ms;
        } else {
          // Never back to the very millisecond of the last look, within which the former verdict counts.
          clock.jumpWall(ms + (index + 1) / 1024);
          if (ms > 0) surprises += 1;
        }
        const ageMs = ageOf(confirmedAt, clock.now());
        const key = provider.peek();
        if ((key !== undefined) !== ageMs <= MAX_STALE_MS) {
          throw new Error(`after step ${index} a key of ${ageMs} ms is ${key ? 'served' : 'hidden'}`);
        }
        if (!key) provider.getKey().catch(() => undefined);
        if (store.reads > reads) await settleMicrotasks();
        if (!fails && store.reads > reads) confirmedAt = clock.now();
        ({ reads } = store);
      }
      const due = 1 + passedMs / (0.8 * FRESH_MS) + 1;
      if (!fails && reads > due + surprises) {
        throw new Error(`${reads} reads, where ${due} were due and ${surprises} jumps happened`);
      }
      checked += 1;
    }),
    { numRuns: schedules },
  );
  return checked;
}

function ageOf(since: Moment, at: Moment): number {
  return Math.max(0, at.wallMs - since.wallMs, at.monotonicMs - since.monotonicMs);
}
