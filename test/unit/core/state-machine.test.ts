import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allCommands, deliverAll } from './state-machine/commands.ts';
import { finish } from './state-machine/invariants.ts';
import { createMachine } from './state-machine/machine.ts';
import { HOUR, DAY, MINUTE, SECOND } from './state-machine/moments.ts';
import { loadTwoCopies } from './state-machine/second-copy.ts';

const RUNS = Number(process.env['FC_RUNS'] ?? 1000);

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
});

test('whatever happens in whatever order, the eleven rules hold', async () => {
  const { first, second } = await loadTwoCopies();
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      settings,
      fc.boolean(),
      fc.commands(allCommands, { size: '+1', maxCommands: 60 }),
      async (scheduler, { seed, ...options }, swap, commands) => {
        const cores = swap ? { first: second, second: first } : { first, second };
        const machine = createMachine(scheduler, { ...options, cores, random: seededRandom(seed) });
        const real = { machine, scheduler };
        await fc.asyncModelRun(() => ({ model: {}, real }), commands);
        await finish(machine, () => deliverAll(real));
        for (const type of machine.journal.eventTypes) seen.add(type);
      },
    ),
    { numRuns: RUNS },
  );
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
}, 600_000);

function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}
