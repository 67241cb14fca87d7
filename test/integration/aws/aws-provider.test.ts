import { awsKeyProvider } from '@magic-hour-keys/aws';
import { createKeyProvider } from '@magic-hour-keys/core';
import { createManualClock, makeTestKey } from '@magic-hour-keys/testing';
import { expect, test } from 'vitest';
import { read } from '../store-reads.ts';
import { NAME, useAws } from './aws-for-test.ts';

const world = useAws();
const MINUTE = 60_000;

test('10,000 callers of a cold provider make one request', async () => {
  const key = makeTestKey();
  world.aws.secrets.put(NAME, key);
  const provider = awsKeyProvider({ secretId: NAME, endpoint: world.aws.origin });
  const keys = await Promise.all(Array.from({ length: 10_000 }, () => provider.getKey()));
  expect(new Set(keys.map((one) => one.reveal()))).toEqual(new Set([key]));
  expect(world.aws.count('GetSecretValue')).toBe(1);
  await provider.close();
});

test('making a provider reaches nothing; the first key does', async () => {
  world.aws.secrets.put(NAME, makeTestKey());
  const provider = awsKeyProvider({ secretId: NAME, endpoint: world.aws.origin });
  expect(provider.health()).toMatchObject({ state: 'empty', source: 'aws', location: NAME });
  expect(world.aws.requests).toEqual([]);
  const { version, source, createdAt } = await provider.getKey();
  expect({ version, source }).toEqual({
    version: world.aws.secrets.versionWith('AWSCURRENT', NAME),
    source: 'aws',
  });
  expect(createdAt).toBeInstanceOf(Date);
  await provider.close();
});

test('a rejected key is renewed when the secret was rotated', async () => {
  const [old, next] = [makeTestKey(), makeTestKey()];
  world.aws.secrets.put(NAME, old);
  const provider = createKeyProvider(world.source());
  const first = await provider.getKey();
  world.aws.secrets.put(NAME, next);
  expect((await provider.renew(first))?.reveal()).toBe(next);
  await provider.close();
});

test('a rollback by moving AWSCURRENT back is taken after it was seen twice, a minute apart', async () => {
  const [old, next] = [makeTestKey(), makeTestKey()];
  const first = world.aws.secrets.put(NAME, old);
  const second = world.aws.secrets.put(NAME, next);
  const clock = createManualClock();
  const provider = createKeyProvider(world.source(), { runtime: clock.runtime });
  const nextRead = async (): Promise<string> => {
    provider.invalidate();
    return (await provider.getKey()).reveal();
  };
  expect(await nextRead()).toBe(next);
  world.aws.secrets.moveStage(NAME, 'AWSCURRENT', { from: second, to: first });
  expect(await nextRead()).toBe(next);
  await clock.advance(MINUTE);
  expect(await nextRead()).toBe(old);
  await provider.close();
});

test('a bare key with a pasted line ending is sent without it', async () => {
  const key = makeTestKey();
  world.aws.secrets.put(NAME, `${key}\n`);
  const provider = createKeyProvider(world.source());
  expect((await provider.getKey()).reveal()).toBe(key);
  await provider.close();
});

test('close() closes the connections, and a read afterwards is refused', async () => {
  world.aws.secrets.put(NAME, makeTestKey());
  const source = world.source();
  await read(source);
  expect(world.aws.openConnections).toBe(1);
  await source.close?.();
  await world.aws.whenDisconnected();
  expect(world.aws.openConnections).toBe(0);
  await expect(read(source)).rejects.toMatchObject({ code: 'closed' });
});

test('close() during a read closes its connection too', async () => {
  const provider = createKeyProvider(world.source());
  world.aws.hold();
  const getting = provider.getKey().catch((error: unknown) => error);
  await world.aws.whenHeld(1);
  await provider.close();
  expect(await getting).toMatchObject({ code: 'closed' });
  await world.aws.whenDisconnected();
  expect(world.aws.openConnections).toBe(0);
});
