import { createKeyProvider, type ApiKey } from '@magic-hour-keys/core';
import { createManualClock, makeTestKey } from '@magic-hour-keys/testing';
import { beforeEach, expect, test, vi } from 'vitest';
import { NEVER, read } from '../store-reads.ts';
import { clearAccessKey, NAME, useAws } from './aws-for-test.ts';

const world = useAws();
let key: string;

beforeEach(() => {
  key = makeTestKey();
  world.aws.secrets.put(NAME, key);
});

function codeOf(getting: Promise<ApiKey>): Promise<unknown> {
  return getting.then(
    () => 'a key',
    (error: unknown) => Reflect.get(Object(error), 'code'),
  );
}

test('a server that accepts and never answers ends by the deadline, and its connection is closed', async () => {
  const clock = createManualClock();
  const provider = createKeyProvider(world.source(), { runtime: clock.runtime, deadlineMs: 10_000 });
  world.aws.hold();
  const code = codeOf(provider.getKey());
  await world.aws.whenHeld(1);
  await clock.advance(10_000);
  expect(await code).toBe('timeout');
  // Left alone, the SDK waits for minutes (measured: more than 590 s).
  await world.aws.whenAbandoned(1);
  await provider.close();
});

test('a login that never ends does not outlast the deadline, and does not hold up the next read', async () => {
  clearAccessKey();
  vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', world.aws.containerCredentials);
  const clock = createManualClock();
  const source = world.source({ auth: { method: 'container' } });
  const provider = createKeyProvider(source, { runtime: clock.runtime, deadlineMs: 10_000 });
  let logins = 0;
  world.aws.hold(({ operation }) => operation === 'credentials' && ++logins === 1);
  const code = codeOf(provider.getKey());
  await world.aws.whenHeld(1);
  await clock.advance(10_000);
  expect(await code).toBe('timeout');
  // The first login is still under way, and the SDK would let everybody wait for it.
  provider.invalidate();
  expect((await provider.getKey()).reveal()).toBe(key);
  expect(world.aws.count('credentials')).toBe(2);
  await provider.close();
});

test('the same holds for the chain of the SDK, where it looks for the role of an instance', async () => {
  clearAccessKey();
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', undefined);
  vi.stubEnv('AWS_EC2_METADATA_SERVICE_ENDPOINT', world.aws.origin);
  const abort = new AbortController();
  const source = world.source();
  let tokens = 0;
  world.aws.hold(({ operation }) => operation === 'token' && ++tokens === 1);
  const reading = read(source, abort.signal);
  await world.aws.whenHeld(1);
  abort.abort('enough');
  await expect(reading).rejects.toBe('enough');
  expect((await read(source)).value).toBe(key);
});

test.each(['GetSecretValue', 'credentials'])(
  'an abort during %s rejects with its own reason',
  async (operation) => {
    vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', world.aws.containerCredentials);
    const source = world.source({ auth: { method: 'container' } });
    const abort = new AbortController();
    world.aws.hold((request) => request.operation === operation);
    const reading = read(source, abort.signal);
    await world.aws.whenHeld(1);
    abort.abort('enough');
    await expect(reading).rejects.toBe('enough');
  },
);

test('a read that was aborted before it began sends nothing', async () => {
  await expect(read(world.source(), AbortSignal.abort('enough'))).rejects.toBe('enough');
  expect(world.aws.requests).toEqual([]);
});

test('an abort of one read leaves another alone', async () => {
  const source = world.source();
  const abort = new AbortController();
  world.aws.hold();
  const [one, other] = [read(source, abort.signal), read(source, NEVER)];
  await world.aws.whenHeld(2);
  abort.abort('enough');
  await expect(one).rejects.toBe('enough');
  world.aws.release();
  expect((await other).value).toBe(key);
});
