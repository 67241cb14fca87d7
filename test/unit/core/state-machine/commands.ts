import type { KeyErrorCode } from '@magic-hour-keys/core';
import fc from 'fast-check';
import { checkAfterCommand } from './invariants.ts';
import type { Machine } from './machine.ts';
import { DAY, HOUR, MINUTE, SECOND } from './moments.ts';
import { keyNumber, type FailureKind, type Stored } from './scheduled-store.ts';

export interface Real {
  readonly machine: Machine;
  readonly scheduler: fc.Scheduler;
}
type Command = fc.AsyncCommand<object, Real>;

/** A command may begin things that end later: what it does not await runs on while others come. */
function command(text: string, run: (real: Real) => Promise<void> | void): Command {
  return {
    check: () => true,
    async run(_model, real) {
      await run(real);
      await real.machine.settle();
      checkAfterCommand(real.machine);
    },
    toString: () => text,
  };
}

const durations: fc.Arbitrary<number> = fc.oneof(
  fc.constantFrom(1, 200, 999, SECOND, 3 * SECOND, 5 * SECOND, 10 * SECOND, 31 * SECOND, 61 * SECOND),
  fc.constantFrom(MINUTE, 5 * MINUTE, 16 * MINUTE, HOUR, 8 * HOUR, DAY, 30 * HOUR),
  fc.integer({ min: 1, max: 10 * MINUTE }),
);

const jumps: fc.Arbitrary<number> = fc.oneof(
  durations,
  durations.map((ms) => -ms),
  fc.constantFrom(3650 * DAY, -3650 * DAY),
);

const failures: fc.Arbitrary<FailureKind> = fc.oneof(
  fc.constantFrom<KeyErrorCode>('not_found', 'disabled', 'access_denied').map(code),
  fc.constantFrom<KeyErrorCode>('unavailable', 'timeout', 'unauthenticated', 'not_configured').map(code),
  fc.constantFrom(2 * SECOND, 7 * SECOND, DAY, -1, Number.NaN).map((retryAfterMs) => ({
    kind: 'code' as const,
    code: 'throttled' as const,
    retryAfterMs,
  })),
  fc.constant({ kind: 'raw' as const }),
);

function code(value: KeyErrorCode): FailureKind {
  return { kind: 'code', code: value, retryAfterMs: undefined };
}

const stored = fc.constantFrom<Stored[]>(
  'plain',
  'plain',
  'plain',
  'dirty',
  'expiring',
  'empty',
  'placeholder',
  'cut',
);

function nameOf(failure: FailureKind): string {
  return failure.kind === 'code' ? failure.code : failure.kind;
}

async function deliverOne({ machine, scheduler }: Real): Promise<void> {
  if (scheduler.count() === 0) return;
  await scheduler.waitOne();
  await machine.settle();
}

export async function deliverAll(real: Real): Promise<void> {
  while (real.scheduler.count() > 0) {
    // One answer at a time: what it causes happens before the next one.
    await deliverOne(real);
  }
}

/** `request()` of an HTTP adapter: take the key, and on a refusal renew it and try once more. */
async function request({ machine }: Real, refused: boolean): Promise<void> {
  const key = machine.peek() ?? (await machine.getKey());
  if (key && refused) await machine.renew(key);
}

function pick<Item>(items: readonly Item[], index: number): Item | undefined {
  return items.length === 0 ? undefined : items[index % items.length];
}

const asking: fc.Arbitrary<Command>[] = [
  fc.constant(command('peek', ({ machine }) => void machine.peek())),
  fc.constant(command('get', ({ machine }) => void machine.getKey())),
  fc.constant(command('get with a signal', ({ machine }) => void machine.getKey(new AbortController()))),
  fc.integer({ min: 2, max: 50 }).map((count) =>
    command(`${count} get at once`, ({ machine }) => {
      const { journal } = machine;
      const before = journal.flights.all.length;
      const shared = new AbortController();
      for (let i = 0; i < count; i++) void machine.getKey(i % 3 === 0 ? shared : undefined);
      if (journal.flights.all.length > before + 1) journal.blame('I1: one burst made several reads');
    }),
  ),
  fc
    .boolean()
    .map((refused) =>
      command(refused ? 'request, refused' : 'request', (real) => void request(real, refused)),
    ),
  fc.constant(
    command('reject the newest offered key', ({ machine }) => {
      const key = machine.offeredKeys.at(-1);
      if (key) void machine.renew(key);
    }),
  ),
  fc.nat(20).map((index) =>
    command(`reject the offered key ${index}`, ({ machine }) => {
      const key = pick(machine.offeredKeys, index);
      if (key) void machine.renew(key, new AbortController());
    }),
  ),
  fc.nat(20).map((index) =>
    command(`reject version ${index} with a key of the other copy`, ({ machine }) => {
      const value = pick(machine.store.versions, index)?.value ?? keyNumber(63 - index);
      void machine.renew(machine.foreignKey(value));
    }),
  ),
  fc.nat(9).map((index) => command(`abort waiter ${index}`, ({ machine }) => machine.abort(index))),
  fc.constant(command('invalidate', ({ machine }) => machine.invalidate())),
];

const storing: fc.Arbitrary<Command>[] = [
  stored.map((what) => command(`rotate (${what})`, ({ machine }) => machine.store.rotate(what))),
  fc.constant(command('roll back', ({ machine }) => machine.store.rollBack())),
  fc
    .integer({ min: 1, max: 3 })
    .map((reads) => command(`a late replica (${reads})`, ({ machine }) => machine.store.lag(reads))),
  failures.map((failure) =>
    command(`fail (${nameOf(failure)})`, ({ machine }) => machine.store.fail(failure)),
  ),
  fc.constant(command('heal', ({ machine }) => machine.store.heal())),
  fc.constant(command('hint', ({ machine }) => machine.hint())),
  fc
    .boolean()
    .map((failed) =>
      command(failed ? 'watch fails' : 'watch ends', ({ machine }) => machine.store.endWatch(failed)),
    ),
];

const passing: fc.Arbitrary<Command>[] = [
  durations.map((ms) => command(`advance ${ms}`, ({ machine }) => machine.clock.advance(ms))),
  durations.map((ms) => command(`advance ${ms}`, ({ machine }) => machine.clock.advance(ms))),
  jumps.map((ms) => command(`jump ${ms}`, ({ machine }) => machine.jumpWall(ms))),
  durations.map((ms) => command(`sleep ${ms}`, ({ machine }) => machine.jumpWall(ms))),
  durations.map((ms) => command(`stall ${ms}`, ({ machine }) => machine.clock.stall(ms))),
];

const delivering: fc.Arbitrary<Command>[] = [
  fc.constant(command('deliver', deliverOne)),
  fc.constant(command('deliver', deliverOne)),
  fc.constant(command('deliver', deliverOne)),
  fc.constant(command('deliver all', deliverAll)),
];

/** Steps that often come together: one after the other they are rarely drawn, and depth is where faults are. */
const together: fc.Arbitrary<Command>[] = [
  fc.constantFrom(12 * SECOND, 7 * MINUTE, 2 * HOUR).map((ms) =>
    command(`advance ${ms}, peek and deliver all`, async (real) => {
      await real.machine.clock.advance(ms);
      real.machine.peek();
      await real.machine.settle();
      await deliverAll(real);
    }),
  ),
  fc.constantFrom(12 * SECOND, 7 * MINUTE).map((ms) =>
    command(`advance ${ms} and peek`, async ({ machine }) => {
      await machine.clock.advance(ms);
      machine.peek();
    }),
  ),
  fc.constant(
    command('invalidate and get', ({ machine }) => {
      machine.invalidate();
      void machine.getKey();
    }),
  ),
];

/** Rare, so that most runs are long ones. */
const closing: fc.Arbitrary<Command> = fc
  .nat(20)
  .map((chance) =>
    chance === 0
      ? command('close', ({ machine }) => machine.close())
      : command('get', ({ machine }) => void machine.getKey()),
  );

export const allCommands: fc.Arbitrary<Command>[] = [
  ...asking,
  ...storing,
  ...passing,
  ...delivering,
  ...delivering,
  ...together,
  ...together,
  closing,
];
