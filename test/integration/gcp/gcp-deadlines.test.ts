import { createKeyProvider, type ApiKey } from '@magic-hour-keys/core';
import type { GcpTransport } from '@magic-hour-keys/gcp';
import { createManualClock, makeTestKey } from '@magic-hour-keys/testing';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { NEVER, read } from '../store-reads.ts';
import { NAME, useGcp, valueOf } from './gcp-for-test.ts';

const world = useGcp();
let key: string;

beforeEach(() => {
  key = makeTestKey();
  world.gcp.secrets.put(NAME, key);
});

function codeOf(getting: Promise<ApiKey>): Promise<unknown> {
  return getting.then(
    () => 'a key',
    (error: unknown) => Reflect.get(Object(error), 'code'),
  );
}

describe.each<GcpTransport>(['grpc', 'rest'])('over %s', (transport) => {
  test('a server that accepts and never answers ends by the deadline, and its request is cancelled', async () => {
    const clock = createManualClock();
    const provider = createKeyProvider(world.source({ transport }), {
      runtime: clock.runtime,
      deadlineMs: 10_000,
    });
    world.gcp.hold();
    const code = codeOf(provider.getKey());
    await world.gcp.whenHeld(1);
    await clock.advance(10_000);
    expect(await code).toBe('timeout');
    // Left alone, the SDK waits for a minute.
    await world.gcp.whenAbandoned(1);
    await provider.close();
  });

  test('a throttled read fails at once, instead of after the pauses of the SDK', async () => {
    // `timeout` alone is no deadline: with 5 s the SDK took 16.9 s, and told of a time-out instead.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    world.gcp.fail({ status: 'RESOURCE_EXHAUSTED', message: 'Quota exceeded' });
    await expect(read(world.source({ transport }))).rejects.toMatchObject({ code: 8 });
    expect(world.gcp.count('AccessSecretVersion')).toBe(1);
    vi.useRealTimers();
  });

  test('a service that is down is asked once a read, because core retries', async () => {
    world.gcp.fail({ status: 'UNAVAILABLE', message: 'down' });
    await expect(read(world.source({ transport }))).rejects.toMatchObject({ code: 14 });
    expect(world.gcp.count('AccessSecretVersion')).toBe(1);
  });

  test('a channel that was cut off while the process slept is not used for ever', async () => {
    const source = world.source({ transport });
    await read(source);
    // As after a freeze: what goes over the old connection never comes back, and nobody says so.
    world.gcp.hold(({ connection }) => connection === 1);
    const abort = new AbortController();
    const reading = read(source, abort.signal);
    await world.gcp.whenHeld(1);
    abort.abort('enough');
    await expect(reading).rejects.toBe('enough');
    expect(await valueOf(read(source))).toBe(key);
    expect(world.gcp.requests.map(({ connection }) => connection)).toEqual([1, 1, 2]);
  });

  test('a connection that was reset is made anew at the next read', async () => {
    const source = world.source({ transport });
    await read(source);
    world.gcp.fail('reset', { times: 1 });
    await read(source).catch(() => undefined);
    expect(await valueOf(read(source))).toBe(key);
  });

  test('a read that was aborted before it began sends nothing', async () => {
    await expect(read(world.source({ transport }), AbortSignal.abort('enough'))).rejects.toBe('enough');
    expect(world.gcp.requests).toEqual([]);
  });

  test('an abort of one read leaves another alone', async () => {
    const source = world.source({ transport });
    const abort = new AbortController();
    world.gcp.hold();
    const [one, other] = [read(source, abort.signal), read(source, NEVER)];
    await world.gcp.whenHeld(2);
    abort.abort('enough');
    await expect(one).rejects.toBe('enough');
    world.gcp.release();
    expect(await valueOf(other)).toBe(key);
  });

  test('close() closes the connections, and a read afterwards is refused', async () => {
    const source = world.source({ transport });
    await read(source);
    expect(world.gcp.openConnections).toBe(1);
    await source.close?.();
    await world.gcp.whenDisconnected();
    expect(world.gcp.openConnections).toBe(0);
    await expect(read(source)).rejects.toMatchObject({ code: 'closed' });
  });

  test('close() during a read closes its connection too', async () => {
    const provider = createKeyProvider(world.source({ transport }));
    world.gcp.hold();
    const getting = provider.getKey().catch((error: unknown) => error);
    await world.gcp.whenHeld(1);
    await provider.close();
    expect(await getting).toMatchObject({ code: 'closed' });
    await world.gcp.whenDisconnected();
    expect(world.gcp.openConnections).toBe(0);
  });

  test('10,000 callers of a cold provider make one request', async () => {
    const provider = createKeyProvider(world.source({ transport }));
    const keys = await Promise.all(Array.from({ length: 10_000 }, () => provider.getKey()));
    expect(new Set(keys.map((one) => one.reveal()))).toEqual(new Set([key]));
    expect(world.gcp.count('AccessSecretVersion')).toBe(1);
    await provider.close();
  });
});
