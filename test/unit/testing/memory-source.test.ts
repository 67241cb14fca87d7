import { createKeyProvider, isKeyError } from '@magic-hour-keys/core';
import type { KeyReading, ReadContext } from '@magic-hour-keys/core';
import { createManualClock, createMemorySource, makeTestKey } from '@magic-hour-keys/testing';
import type { MemorySource } from '@magic-hour-keys/testing';
import { describe, expect, it } from 'vitest';

function context(
  reason: ReadContext['reason'] = 'probe',
  signal = new AbortController().signal,
): ReadContext {
  return { reason, signal };
}

function read(source: MemorySource, signal?: AbortSignal): Promise<KeyReading> {
  return source.read(context('probe', signal));
}

/** What the read failed with, or nothing when it did not fail. */
async function failureOf(reading: Promise<unknown>): Promise<unknown> {
  try {
    await reading;
    return undefined;
  } catch (error) {
    return error;
  }
}

async function codeOf(reading: Promise<unknown>): Promise<unknown> {
  const error = await failureOf(reading);
  return isKeyError(error) ? error.code : error;
}

async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  promise.then(
    () => (settled = true),
    () => (settled = true),
  );
  await createManualClock().settle();
  return settled;
}

describe('versions', () => {
  it('starts with a test key as v1', async () => {
    const source = createMemorySource();
    const reading = await read(source);
    expect(reading.version).toBe('v1');
    expect(reading.value === source.current).toBe(true);
    expect(source.current).toMatch(/^mhk_test_/);
  });

  it('takes a value, a name and a location', async () => {
    const source = createMemorySource({ value: 'first value', name: 'shelf', location: 'upper' });
    expect([source.name, source.location, source.current]).toEqual(['shelf', 'upper', 'first value']);
    expect((await read(source)).value).toBe('first value');
  });

  it('gives the new value with the next version after a rotation', async () => {
    const source = createMemorySource();
    const value = source.rotate();
    expect(await read(source)).toEqual({ value, version: 'v2' });
    expect(source.rotate('third')).toBe('third');
    expect(await read(source)).toEqual({ value: 'third', version: 'v3' });
  });

  it('has a sequence only when asked for', async () => {
    expect(await read(createMemorySource())).not.toHaveProperty('sequence');
    const ordered = createMemorySource({ sequenced: true });
    ordered.rotate();
    expect((await read(ordered)).sequence).toBe(2);
  });

  it('rolls back to the version before, under its old name and sequence, and never reuses a number', async () => {
    const source = createMemorySource({ value: 'one', sequenced: true });
    source.rotate('two');
    source.rollBack();
    expect(await read(source)).toEqual({ value: 'one', version: 'v1', sequence: 1 });
    source.rotate('three');
    expect(await read(source)).toEqual({ value: 'three', version: 'v3', sequence: 3 });
  });

  it('refuses to roll back the first version', () => {
    expect(() => createMemorySource().rollBack()).toThrow(RangeError);
  });

  it('reads the previous version, or undefined where there is none', async () => {
    const source = createMemorySource({ value: 'one' });
    expect(await source.readPrevious?.(context())).toBeUndefined();
    source.rotate('two');
    expect(await source.readPrevious?.(context())).toEqual({ value: 'one', version: 'v1' });
    expect(source.previousReads).toBe(2);
    expect(source.reads).toEqual([]);
  });

  it('gives bytes as a copy, so that a reader can wipe them', async () => {
    const source = createMemorySource({ value: new TextEncoder().encode('in bytes') });
    const { value } = await read(source);
    if (typeof value === 'string') throw new Error('the value was stored as bytes');
    value.fill(0);
    expect(source.current).toBe('in bytes');
    expect((await read(source)).value).toEqual(new TextEncoder().encode('in bytes'));
  });

  it('can do without previous versions and without a watch', () => {
    const source = createMemorySource({ keepsPrevious: false, watchable: false });
    expect([source.readPrevious, source.watch]).toEqual([undefined, undefined]);
  });
});

describe('failures', () => {
  it('throws a KeyError of the code, with source, location and hint', async () => {
    const source = createMemorySource({ name: 'shelf', location: 'upper' });
    source.fail('access_denied');
    const error = await failureOf(read(source));
    expect(error).toMatchObject({ code: 'access_denied', source: 'shelf', location: 'upper' });
    expect(error).toHaveProperty('hint', expect.stringContaining('heal()'));
  });

  it('throws a raw error as it is, and leaves it unclassified', async () => {
    const source = createMemorySource();
    const raw = new TypeError('from an SDK');
    source.fail(raw);
    expect((await failureOf(read(source))) === raw).toBe(true);
    expect(source.classify?.(raw)).toBeUndefined();
  });

  it('fails until it is healed', async () => {
    const source = createMemorySource();
    source.fail('unavailable');
    for (let i = 0; i < 3; i++) {
      expect(await codeOf(read(source))).toBe('unavailable');
    }
    source.heal();
    expect((await read(source)).version).toBe('v1');
  });

  it('heals by itself after the given number of failures', async () => {
    const source = createMemorySource();
    source.fail('throttled', 2);
    expect(await codeOf(read(source))).toBe('throttled');
    expect(await codeOf(read(source))).toBe('throttled');
    expect((await read(source)).version).toBe('v1');
  });

  it('answers not_found after a removal, until a rotation or heal', async () => {
    const source = createMemorySource();
    source.remove();
    expect(await codeOf(read(source))).toBe('not_found');
    source.heal();
    expect((await read(source)).version).toBe('v1');
    source.remove();
    source.rotate();
    expect((await read(source)).version).toBe('v2');
  });

  it('fails for the previous version too', async () => {
    const source = createMemorySource();
    source.fail('unavailable', 1);
    expect(await codeOf(source.readPrevious!(context()))).toBe('unavailable');
  });
});

describe('waiting', () => {
  it('hangs until released, and only reads that started while it hung', async () => {
    const source = createMemorySource();
    const before = read(source);
    source.hang();
    const hanging = [read(source), read(source)];
    expect(await isSettled(before)).toBe(true);
    expect(await isSettled(hanging[0]!)).toBe(false);
    expect(source.inFlight).toBe(2);
    source.release();
    expect((await Promise.all(hanging)).map(({ version }) => version)).toEqual(['v1', 'v1']);
    expect(source.inFlight).toBe(0);
    expect((await read(source)).version).toBe('v1');
  });

  it('rejects with the reason of the signal when that aborts a hanging read, and no other', async () => {
    const source = createMemorySource();
    source.hang();
    const controller = new AbortController();
    const [aborted, other] = [read(source, controller.signal), read(source)];
    const reason = new Error('given up');
    controller.abort(reason);
    expect((await failureOf(aborted)) === reason).toBe(true);
    expect([source.aborted, source.inFlight]).toEqual([1, 1]);
    source.release();
    expect((await other).version).toBe('v1');
    expect(source.aborted).toBe(1);
  });

  it('rejects a read whose signal was aborted before', async () => {
    const source = createMemorySource();
    expect(await failureOf(read(source, AbortSignal.abort('too late')))).toBe('too late');
    expect([source.aborted, source.inFlight]).toEqual([1, 0]);
  });

  it('can ignore the signal for ever', async () => {
    const source = createMemorySource({ ignoreSignal: true });
    source.hang();
    const controller = new AbortController();
    const reading = read(source, controller.signal);
    controller.abort();
    expect(await isSettled(reading)).toBe(false);
    expect([source.aborted, source.inFlight]).toEqual([0, 1]);
    source.release();
    expect((await reading).version).toBe('v1');
  });

  it('takes its time by the given clock', async () => {
    const clock = createManualClock();
    const source = createMemorySource();
    source.delay(100, clock.runtime);
    const reading = read(source);
    await clock.advance(99);
    expect(source.inFlight).toBe(1);
    await clock.advance(1);
    expect(source.inFlight).toBe(0);
    expect((await reading).version).toBe('v1');
    source.delay(0, clock.runtime);
    expect((await read(source)).version).toBe('v1');
  });

  it('takes back its timer when a slow read is aborted', async () => {
    const clock = createManualClock();
    const source = createMemorySource();
    source.delay(100, clock.runtime);
    const controller = new AbortController();
    const failure = failureOf(read(source, controller.signal));
    await clock.settle();
    expect(clock.timers()).toEqual([{ dueInMs: 100, keepAlive: true }]);
    controller.abort('enough');
    expect(await failure).toBe('enough');
    expect(clock.timers()).toEqual([]);
  });

  it('gives the answer of the moment in which the read started, as a reply that is still on its way', async () => {
    const source = createMemorySource({ value: 'old' });
    source.hang();
    const early = read(source);
    source.rotate('new');
    source.fail('unavailable');
    source.release();
    expect((await early).value).toBe('old');
    expect(await codeOf(read(source))).toBe('unavailable');
  });

  it('gives the answer of the moment in which the read ends when asked for', async () => {
    const source = createMemorySource({ value: 'old', answers: 'last' });
    source.hang();
    const slow = read(source);
    source.rotate('new');
    source.release();
    expect((await slow).value).toBe('new');
  });
});

function watch(source: MemorySource) {
  const controller = new AbortController();
  let changes = 0;
  const ended = source.watch!(() => changes++, { signal: controller.signal });
  return { controller, ended, changes: () => changes };
}

describe('watch', () => {
  it('tells everybody who watches about a change, and a rotation alone tells nobody', () => {
    const source = createMemorySource();
    const [one, other] = [watch(source), watch(source)];
    source.rotate();
    expect([one.changes(), source.watchers]).toEqual([0, 2]);
    source.change();
    expect([one.changes(), other.changes()]).toEqual([1, 1]);
  });

  it('ends a watch in peace, with an error, or by its signal', async () => {
    const source = createMemorySource();
    const inPeace = watch(source);
    source.endWatch();
    await expect(inPeace.ended).resolves.toBeUndefined();
    const withError = watch(source);
    source.endWatch(new Error('stream lost'));
    await expect(withError.ended).rejects.toThrow('stream lost');
    const bySignal = watch(source);
    bySignal.controller.abort();
    await expect(bySignal.ended).resolves.toBeUndefined();
    source.change();
    expect([source.watchers, inPeace.changes(), withError.changes(), bySignal.changes()]).toEqual([
      0, 0, 0, 0,
    ]);
  });

  it('does not open a watch whose signal was aborted before', async () => {
    const source = createMemorySource();
    await source.watch!(() => {}, { signal: AbortSignal.abort() });
    expect(source.watchers).toBe(0);
  });
});

it('can be closed twice and refuses reads after that', async () => {
  const source = createMemorySource();
  expect(source.closed).toBe(false);
  await source.close?.();
  await source.close?.();
  expect(source.closed).toBe(true);
  expect(await codeOf(read(source))).toBe('closed');
});

it('notes the reason of every read in order', async () => {
  const source = createMemorySource();
  await source.read(context('initial'));
  source.fail('timeout', 1);
  await failureOf(source.read(context('rejected')));
  await source.read(context('aged'));
  expect(source.reads).toEqual(['initial', 'rejected', 'aged']);
});

it('feeds a provider: the key arrives, a rejected key is replaced', async () => {
  const clock = createManualClock();
  const value = makeTestKey();
  const source = createMemorySource({ value });
  await using provider = createKeyProvider(source, { runtime: clock.runtime });
  const key = await provider.getKey();
  expect(key.reveal() === value).toBe(true);
  const next = source.rotate();
  expect((await provider.renew(key))?.reveal() === next).toBe(true);
  expect(source.reads).toEqual(['initial', 'rejected']);
});
