import { AsyncLocalStorage } from 'node:async_hooks';
import { createManualClock } from '@magic-hour-keys/testing';
import { describe, expect, it } from 'vitest';

/** Sets timers that write down when they ran, on both clocks, relative to the start. */
function createScene() {
  const clock = createManualClock({ wallMs: 1_000_000 });
  const startMs = clock.monotonicMs();
  const ran: string[] = [];
  function note(name: string): void {
    ran.push(`${name} at ${clock.monotonicMs() - startMs} / ${clock.wallMs() - 1_000_000}`);
  }
  function set(name: string, ms: number, andThen?: () => void): () => void {
    return clock.runtime.setTimer(
      ms,
      () => {
        note(name);
        andThen?.();
      },
      false,
    );
  }
  return { clock, ran, note, set };
}

describe('advance', () => {
  it('moves both clocks by the same time', async () => {
    const clock = createManualClock({ wallMs: 5000 });
    const before = clock.monotonicMs();
    await clock.advance(250);
    expect(clock.wallMs()).toBe(5250);
    expect(clock.monotonicMs() - before).toBe(250);
    expect(clock.runtime.wallMs()).toBe(clock.wallMs());
    expect(clock.runtime.monotonicMs()).toBe(clock.monotonicMs());
  });

  it('runs timers in the order in which they are due, each at its own time', async () => {
    const { clock, ran, set } = createScene();
    set('late', 300);
    set('early', 100);
    set('middle', 200);
    await clock.advance(300);
    expect(ran).toEqual(['early at 100 / 100', 'middle at 200 / 200', 'late at 300 / 300']);
  });

  it('runs timers that are due together in the order in which they were set', async () => {
    const { clock, ran, set } = createScene();
    for (const name of ['a', 'b', 'c']) set(name, 50);
    await clock.advance(50);
    expect(ran.map((line) => line[0])).toEqual(['a', 'b', 'c']);
  });

  it('leaves a timer alone until its last millisecond has passed', async () => {
    const { clock, ran, set } = createScene();
    set('timer', 100);
    await clock.advance(99);
    expect(ran).toEqual([]);
    await clock.advance(1);
    expect(ran).toEqual(['timer at 100 / 100']);
  });

  it('runs timers that were set on the way and fall due within the time', async () => {
    const { clock, ran, set } = createScene();
    set('first', 10, () => set('second', 10, () => set('third', 100)));
    await clock.advance(50);
    expect(ran).toEqual(['first at 10 / 10', 'second at 20 / 20']);
    expect(clock.timers()).toEqual([{ dueInMs: 70, keepAlive: false }]);
  });

  it('lets promises settle between two timers', async () => {
    const { clock, note, ran, set } = createScene();
    set('one', 10, () => {
      void Promise.resolve()
        .then(() => new Promise<void>((resolve) => void setImmediate(resolve)))
        .then(() => note('consequence of one'));
    });
    set('two', 20);
    await clock.advance(20);
    expect(ran).toEqual(['one at 10 / 10', 'consequence of one at 10 / 10', 'two at 20 / 20']);
  });

  it('lets a consequence of one timer cancel the next', async () => {
    const { clock, ran, set } = createScene();
    const cancel = set('cancelled', 20);
    set('one', 10, () => void Promise.resolve().then(cancel));
    await clock.advance(100);
    expect(ran).toEqual(['one at 10 / 10']);
    expect(clock.timers()).toEqual([]);
  });

  it('sees timers that pending promises are about to set', async () => {
    const { clock, ran, set } = createScene();
    void Promise.resolve().then(() => set('set by a promise', 5));
    await clock.advance(5);
    expect(ran).toEqual(['set by a promise at 5 / 5']);
  });

  it('runs each timer once', async () => {
    const { clock, ran, set } = createScene();
    set('timer', 10);
    await clock.advance(10);
    await clock.advance(1000);
    expect(ran).toHaveLength(1);
  });

  it('fails when a timer throws, and can be used again', async () => {
    const { clock, ran, set } = createScene();
    set('bad', 10, () => {
      throw new Error('from the timer');
    });
    set('good', 20);
    await expect(clock.advance(20)).rejects.toThrow('from the timer');
    await clock.advance(10);
    expect(ran).toEqual(['bad at 10 / 10', 'good at 20 / 20']);
  });

  it.each(['advance', 'stall'] as const)(
    'ends a test in which timers set each other for ever: %s',
    async (move) => {
      const { clock } = createScene();
      const again = (): void => void clock.runtime.setTimer(0, again, false);
      again();
      await expect(clock[move](1)).rejects.toThrow(/without any time passing/);
    },
  );

  it('refuses a second advance while the first is on its way', async () => {
    const clock = createManualClock();
    const first = clock.advance(10);
    await expect(clock.advance(10)).rejects.toThrow(/await the former/);
    await first;
    await clock.advance(10);
    expect(clock.timers()).toEqual([]);
  });

  it.each([-1, Number.NaN, Infinity])('refuses to pass %s milliseconds', async (ms) => {
    const clock = createManualClock();
    await expect(clock.advance(ms)).rejects.toThrow(RangeError);
    await expect(clock.stall(ms)).rejects.toThrow(RangeError);
    expect(() => clock.sleep(ms)).toThrow(RangeError);
  });
});

describe('setTimer', () => {
  it('can be cancelled, also twice and after it ran', async () => {
    const { clock, ran, set } = createScene();
    const cancel = set('cancelled', 10);
    const tooLate = set('ran', 5);
    cancel();
    cancel();
    await clock.advance(10);
    tooLate();
    expect(ran).toEqual(['ran at 5 / 5']);
  });

  it('refuses NaN, which a real timer would take for 1 millisecond', () => {
    const { runtime } = createManualClock();
    expect(() => runtime.setTimer(Number.NaN, () => {}, false)).toThrow(RangeError);
  });

  it('takes a time in the past for now', async () => {
    const { clock, ran, set } = createScene();
    set('overdue', -50);
    expect(clock.timers()).toEqual([{ dueInMs: 0, keepAlive: false }]);
    await clock.advance(0);
    expect(ran).toEqual(['overdue at 0 / 0']);
  });

  it('never runs a timer that is due in eternity', async () => {
    const { clock, ran, set } = createScene();
    set('never', Infinity);
    await clock.advance(1e12);
    expect(ran).toEqual([]);
  });
});

it('lists pending timers, the next one first, and whether each keeps the process running', () => {
  const clock = createManualClock();
  clock.runtime.setTimer(200, () => {}, true);
  clock.runtime.setTimer(100, () => {}, false);
  expect(clock.timers()).toEqual([
    { dueInMs: 100, keepAlive: false },
    { dueInMs: 200, keepAlive: true },
  ]);
});

it('jumps the wall clock in both directions, and no timer notices', async () => {
  const { clock, ran, set } = createScene();
  set('timer', 100);
  clock.jumpWall(-5000);
  clock.jumpWall(2000);
  await clock.settle();
  expect(clock.wallMs()).toBe(997_000);
  await clock.advance(100);
  expect(ran).toEqual(['timer at 100 / -2900']);
});

it('sleeps: the wall clock moves on, the monotonic clock and timers stand still', async () => {
  const { clock, ran, set } = createScene();
  const before = clock.monotonicMs();
  set('timer', 100);
  clock.sleep(60_000);
  await clock.settle();
  expect(ran).toEqual([]);
  expect(clock.wallMs()).toBe(1_060_000);
  expect(clock.monotonicMs()).toBe(before);
  await clock.advance(100);
  expect(ran).toEqual(['timer at 100 / 60100']);
});

describe('stall', () => {
  it('runs every timer that fell due late, in order, and no other', async () => {
    const { clock, ran, set } = createScene();
    set('second', 200);
    set('first', 100);
    set('not yet', 1001);
    await clock.stall(1000);
    expect(ran).toEqual(['first at 1000 / 1000', 'second at 1000 / 1000']);
  });

  it('does not run a late timer that an earlier one cancels', async () => {
    const { clock, ran, set } = createScene();
    const cancels: (() => void)[] = [];
    set('first', 100, () => cancels[0]?.());
    cancels.push(set('second', 200));
    await clock.stall(1000);
    expect(ran).toEqual(['first at 1000 / 1000']);
  });

  it('settles promises between late timers, but lets no turn of the event loop in between', async () => {
    const { clock, note, ran, set } = createScene();
    set('first', 100, () => {
      void Promise.resolve().then(() => note('promise'));
      setImmediate(() => note('turn'));
    });
    set('second', 200);
    await clock.stall(1000);
    expect(ran.map((line) => line.split(' ')[0])).toEqual(['first', 'promise', 'second', 'turn']);
  });

  it('also runs timers that late timers set for now', async () => {
    const { clock, ran, set } = createScene();
    set('first', 100, () => set('follower', 0));
    await clock.stall(1000);
    expect(ran).toEqual(['first at 1000 / 1000', 'follower at 1000 / 1000']);
  });
});

function take(seed?: number): number[] {
  const { runtime } = createManualClock({ seed });
  return Array.from({ length: 1000 }, () => runtime.random());
}

describe('random', () => {
  it('gives the same numbers for the same seed, and for none', () => {
    expect(take(7)).toEqual(take(7));
    expect(take()).toEqual(take());
    expect(take(7)).not.toEqual(take(8));
  });

  it('is uniform between 0 and 1', () => {
    const numbers = take();
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
    const tenths = Array.from({ length: 10 }, (_, tenth) =>
      numbers.filter((n) => Math.floor(n * 10) === tenth),
    );
    for (const { length } of tenths) expect(length).toBeGreaterThan(60);
  });

  it('can be replaced, also for code that took the runtime before', () => {
    const clock = createManualClock();
    const { runtime } = clock;
    clock.setRandom(() => 0.25);
    expect(runtime.random()).toBe(0.25);
  });
});

it('runs detached work outside of the caller’s asynchronous context, as the real runtime does', () => {
  const storage = new AsyncLocalStorage<string>();
  const { runtime } = createManualClock();
  const ask = (): string => storage.getStore() ?? 'nobody';
  const seen = storage.run('caller', () => [ask(), runtime.detach?.(ask)]);
  expect(seen).toEqual(['caller', 'nobody']);
});

it('starts two clocks apart from each other', async () => {
  const [one, other] = [createManualClock(), createManualClock()];
  const before = other.wallMs();
  await one.advance(1000);
  expect(other.wallMs()).toBe(before);
});
