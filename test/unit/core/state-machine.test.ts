import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkClockJumps } from '../../simulation/clock-jumps.ts';
import { createSeeded } from '../../simulation/seeded.ts';
import { allCommands, deliverAll } from './state-machine/commands.ts';
import { finish } from './state-machine/invariants.ts';
import { createMachine } from './state-machine/machine.ts';
import { DAY, HOUR, MINUTE, SECOND } from './state-machine/moments.ts';
import { loadTwoCopies } from './state-machine/second-copy.ts';

// FC_RUNS raises the number of runs; a failure prints its seed and path, and the commands that led to it.
const RUNS = Number(process.env['FC_RUNS'] || 1000);
// In CI the runs are the same for the same code, so that a red build is about the change; elsewhere each run explores.
const SEED = process.env['CI'] && !process.env['FC_RUNS'] ? { seed: 20_261_123 } : {};
const LIMIT_MS = 60_000 + 10 * RUNS;

const settings = fc.record({
  policy: fc.record({
    freshMs: fc.constantFrom(10 * SECOND, 5 * MINUTE),
    maxStaleMs: fc.constantFrom(MINUTE, HOUR, DAY),
    deniedGraceMs: fc.constantFrom(20 * SECOND, 15 * MINUTE),
    watch: fc.boolean(),
  }),
  sequenced: fc.boolean(),
  honoursAbort: fc.boolean(),
  listener: fc.constantFrom('listens' as const, 'peeks' as const, 'throws' as const),
  seed: fc.integer(),
  swap: fc.boolean(),
});

test(
  'whatever happens in whatever order, the eleven rules hold, also between two copies of the package',
  async () => {
    const { first, second } = await loadTwoCopies();
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        settings,
        fc.commands(allCommands, { size: '+1', maxCommands: 60 }),
        async (scheduler, { seed, swap, ...options }, commands) => {
          const cores = swap ? { first: second, second: first } : { first, second };
          const machine = createMachine(scheduler, { ...options, cores, random: createSeeded(seed).next });
          const real = { machine, scheduler };
          await fc.asyncModelRun(() => ({ model: {}, real }), commands);
          await finish(machine, () => deliverAll(real));
          for (const type of machine.journal.eventTypes) seen.add(type);
        },
      ),
      { ...SEED, numRuns: RUNS, endOnFailure: process.env['FC_SHRINK'] === 'no' },
    );
    // Nothing that was to be tested is out of the commands' reach.
    expect([...seen].toSorted()).toEqual([
      'changed',
      'failed',
      'refreshed',
      'rejected',
      'renewed',
      'resolved',
      'served-stale',
      'warning',
    ]);
  },
  LIMIT_MS,
);

test(
  'whatever the clocks do, no key is older than maxStale on either of them, and a jump costs one read at most',
  async () => {
    expect(await checkClockJumps(RUNS)).toBe(RUNS);
  },
  LIMIT_MS,
);
