import type { AwsAuth } from '@magic-hour-keys/aws';
import { makeTestKey } from '@magic-hour-keys/testing';
import { beforeEach, expect, test, vi } from 'vitest';
import { read } from '../store-reads.ts';
import { clearAccessKey, NAME, useAws, writeCredentials } from './aws-for-test.ts';

const ROLE = 'arn:aws:iam::123456789012:role/video-worker';
const world = useAws();
let key: string;

beforeEach(() => {
  key = makeTestKey();
  world.aws.secrets.put(NAME, key);
  vi.stubEnv('AWS_ENDPOINT_URL_STS', world.aws.origin);
});

test('an access key that was replaced in the environment is taken over within the read', async () => {
  const source = world.source();
  await read(source);
  world.aws.revokeAccessKey(world.accessKey.accessKeyId);
  const next = world.aws.createAccessKey();
  vi.stubEnv('AWS_ACCESS_KEY_ID', next.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', next.secretAccessKey);
  expect((await read(source)).value).toBe(key);
  expect(world.aws.requests.map(({ accessKeyId, status }) => [accessKeyId, status])).toEqual([
    [world.accessKey.accessKeyId, 200],
    [world.accessKey.accessKeyId, 400],
    [next.accessKeyId, 200],
  ]);
});

test.each<AwsAuth>([{ method: 'default' }, { method: 'profile', profile: 'default' }])(
  'an access key that was replaced in ~/.aws/credentials is taken over within the read: %j',
  async (auth) => {
    clearAccessKey();
    await writeCredentials(world, 'default', world.accessKey);
    const source = world.source({ auth });
    await read(source);
    world.aws.revokeAccessKey(world.accessKey.accessKeyId);
    await writeCredentials(world, 'default', world.aws.createAccessKey());
    expect((await read(source)).value).toBe(key);
  },
);

test('credentials that stay refused cost one request a read', async () => {
  const source = world.source();
  await read(source);
  world.aws.revokeAccessKey(world.accessKey.accessKeyId);
  await expect(read(source)).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
  expect(world.aws.count('GetSecretValue')).toBe(3);
  await expect(read(source)).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
  expect(world.aws.count('GetSecretValue')).toBe(4);
});

test('credentials that are accepted again are used again', async () => {
  world.aws.revokeAccessKey(world.accessKey.accessKeyId);
  const source = world.source();
  await expect(read(source)).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
  world.aws.restoreAccessKey(world.accessKey.accessKeyId);
  expect((await read(source)).value).toBe(key);
});

test('one login serves many reads', async () => {
  world.aws.addRole(ROLE);
  const source = world.source({ auth: { method: 'default', roleArn: ROLE } });
  await Promise.all([read(source), read(source), read(source)]);
  await read(source);
  expect(world.aws.count('AssumeRole')).toBe(1);
  expect(world.aws.count('GetSecretValue')).toBe(4);
});

test('credentials that have run out are replaced before they are used', async () => {
  // The SDK replaces what ends within five minutes.
  world.aws.addRole(ROLE, { lifeMs: 60_000 });
  const source = world.source({ auth: { method: 'default', roleArn: ROLE } });
  await read(source);
  await read(source);
  expect(world.aws.count('AssumeRole')).toBeGreaterThan(1);
});
