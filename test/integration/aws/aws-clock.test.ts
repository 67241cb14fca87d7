import { makeTestKey } from '@magic-hour-keys/testing';
import { expect, test } from 'vitest';
import { read } from '../store-reads.ts';
import { NAME, useAws } from './aws-for-test.ts';

const world = useAws({ clockOffsetMs: -20 * 60 * 1000 });

test('a clock that is wrong by 20 minutes costs one request, not the key', async () => {
  const key = makeTestKey();
  world.aws.secrets.put(NAME, key);
  const source = world.source();
  expect((await read(source)).value).toBe(key);
  expect(world.aws.requests.map(({ status }) => status)).toEqual([400, 200]);
  await read(source);
  expect(world.aws.requests.map(({ status }) => status)).toEqual([400, 200, 200]);
});
