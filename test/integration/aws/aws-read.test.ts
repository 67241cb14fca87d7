import { makeTestKey } from '@magic-hour-keys/testing';
import { expect, test, vi } from 'vitest';
import { failureOf, read } from '../store-reads.ts';
import { createSdkClient, NAME, useAws } from './aws-for-test.ts';

const world = useAws();
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

test('the key is read, with its version and the time when it was stored', async () => {
  const key = makeTestKey();
  const version = world.aws.secrets.put(NAME, key);
  const reading = await read(world.source());
  expect(reading).toMatchObject({ value: key, version });
  expect(reading.createdAt).toBeInstanceOf(Date);
  expect(reading.sequence).toBe(reading.createdAt?.getTime());
  expect(world.aws.requests).toMatchObject([
    {
      operation: 'GetSecretValue',
      accessKeyId: world.accessKey.accessKeyId,
      region: 'us-east-1',
      status: 200,
    },
  ]);
});

test('a newer version has a higher sequence, and a rollback a lower one', async () => {
  const [old, next] = [makeTestKey(), makeTestKey()];
  const source = world.source();
  const first = world.aws.secrets.put(NAME, old);
  const one = await read(source);
  const second = world.aws.secrets.put(NAME, next);
  const two = await read(source);
  world.aws.secrets.moveStage(NAME, 'AWSCURRENT', { from: second, to: first });
  const three = await read(source);
  expect([one.version, two.version, three.version]).toEqual([first, second, first]);
  expect([one.value, two.value, three.value]).toEqual([old, next, old]);
  expect(two.sequence).toBeGreaterThan(one.sequence ?? NaN);
  expect(three.sequence).toBe(one.sequence);
});

test('AWSCURRENT is asked for by name: after a label was moved, some stand-ins of AWS forget what is current', async () => {
  world.aws.secrets.put(NAME, makeTestKey());
  await read(world.source());
  expect(world.aws.requests.map(({ input }) => input)).toEqual([
    { SecretId: NAME, VersionStage: 'AWSCURRENT' },
  ]);
});

test('a version that waits for its promotion is never read', async () => {
  const key = makeTestKey();
  world.aws.secrets.put(NAME, key);
  world.aws.secrets.put(NAME, makeTestKey(), { stages: ['AWSPENDING'] });
  const source = world.source();
  expect((await read(source)).value).toBe(key);
  expect(
    await source.readPrevious?.({ signal: new AbortController().signal, reason: 'probe' }),
  ).toBeUndefined();
});

test('the previous version is the one before the current', async () => {
  const [old, next] = [makeTestKey(), makeTestKey()];
  const version = world.aws.secrets.put(NAME, old);
  world.aws.secrets.put(NAME, next);
  const source = world.source();
  const previous = await source.readPrevious?.({ signal: new AbortController().signal, reason: 'rejected' });
  expect(previous).toMatchObject({ value: old, version });
  expect(world.aws.requests.at(-1)?.input).toEqual({ SecretId: NAME, VersionStage: 'AWSPREVIOUS' });
});

test('a store that refuses says so for the previous version too, instead of having none', async () => {
  world.aws.secrets.put(NAME, makeTestKey());
  world.aws.deny('secretsmanager:GetSecretValue');
  const reading = world.source().readPrevious?.({ signal: new AbortController().signal, reason: 'probe' });
  await expect(reading).rejects.toMatchObject({ name: 'AccessDeniedException' });
});

test('nothing is previous to a pinned version or label', () => {
  expect(world.source({ versionId: 'v'.repeat(32) }).readPrevious).toBeUndefined();
  expect(world.source({ stage: 'AWSPREVIOUS' }).readPrevious).toBeUndefined();
  expect(world.source({ stage: 'AWSCURRENT' }).readPrevious).toBeTypeOf('function');
});

test('a label of your own and a version by its id can be read', async () => {
  const [blue, current] = [makeTestKey(), makeTestKey()];
  world.aws.secrets.put(NAME, current);
  const versionId = world.aws.secrets.put(NAME, blue, { stages: ['blue'] });
  world.aws.secrets.put(NAME, makeTestKey());
  expect((await read(world.source({ stage: 'blue' }))).value).toBe(blue);
  expect((await read(world.source({ versionId }))).value).toBe(blue);
  // AWS refuses a version together with a label that it does not have.
  expect(world.aws.requests.at(-1)?.input).toEqual({ SecretId: NAME, VersionId: versionId });
});

test.each(['apiKey', 'magicHour.apiKey', '/magicHour/apiKey'])(
  'the member %s of a JSON secret is read',
  async (field) => {
    const key = makeTestKey();
    const document = JSON.stringify({ apiKey: key, magicHour: { apiKey: key }, other: 'x' });
    world.aws.secrets.put(NAME, document);
    expect((await read(world.source({ field }))).value).toBe(key);
    world.aws.secrets.put(NAME, encode(`\uFEFF${document}`));
    expect((await read(world.source({ field }))).value).toBe(key);
  },
);

test('a binary secret is read as the bytes that it is', async () => {
  const key = makeTestKey();
  world.aws.secrets.put(NAME, encode(key));
  const { value } = await read(world.source());
  expect(value).toBeInstanceOf(Uint8Array);
  expect(new TextDecoder().decode(value as Uint8Array)).toBe(key);
});

test('binary that is no text has no members, and says so', async () => {
  world.aws.secrets.put(NAME, Uint8Array.of(0xff, 0xfe, 0x41));
  const error = await failureOf(world.source({ field: 'apiKey' }), [makeTestKey()]);
  expect(error).toMatchObject({ code: 'invalid_key', hint: expect.stringContaining('`field`') });
});

test('a secret that is no JSON, or lacks the member, is told without a character of it', async () => {
  const key = makeTestKey();
  world.aws.secrets.put(NAME, key);
  const notJson = await failureOf(world.source({ field: 'apiKey' }), [key]);
  expect(notJson.code).toBe('invalid_key');
  world.aws.secrets.put(NAME, JSON.stringify({ [key]: true }));
  expect((await failureOf(world.source({ field: 'apiKey' }), [key])).code).toBe('not_found');
});

test('the region of an ARN is used, whatever AWS_REGION says', async () => {
  const key = makeTestKey();
  world.aws.secrets.put(NAME, key, { region: 'eu-west-1' });
  vi.stubEnv('AWS_REGION', 'us-east-1');
  const arn = world.aws.secrets.arn(NAME, { region: 'eu-west-1' });
  expect((await read(world.source({ secretId: arn }))).value).toBe(key);
  expect((await read(world.source({ secretId: arn.slice(0, -7) }))).value).toBe(key);
  expect(world.aws.requests.map(({ region }) => region)).toEqual(['eu-west-1', 'eu-west-1']);
});

test('the option region wins over AWS_REGION', async () => {
  const key = makeTestKey();
  world.aws.secrets.put(NAME, key, { region: 'ap-southeast-2' });
  expect((await read(world.source({ region: 'ap-southeast-2' }))).value).toBe(key);
});

test('without any region the error names the option and the variable, and nothing is sent', async () => {
  vi.stubEnv('AWS_REGION', undefined);
  const error = await failureOf(world.source(), [world.accessKey.secretAccessKey]);
  expect(error).toMatchObject({ code: 'invalid_config', location: NAME });
  expect(error.hint).toContain('option `region`');
  expect(error.hint).toContain('AWS_REGION');
  expect(world.aws.requests).toEqual([]);
});

test('the SDK makes one attempt, whatever AWS_MAX_ATTEMPTS says', async () => {
  vi.stubEnv('AWS_MAX_ATTEMPTS', '5');
  vi.stubEnv('AWS_RETRY_MODE', 'adaptive');
  world.aws.secrets.put(NAME, makeTestKey());
  world.aws.fail({ type: 'InternalServiceError', status: 500 });
  await expect(read(world.source())).rejects.toMatchObject({ name: 'InternalServiceError' });
  expect(world.aws.requests).toMatchObject([{ attempt: 'attempt=1; max=1' }]);
});

test('a client of your own is used, and stays open when the source is closed', async () => {
  const key = makeTestKey();
  world.aws.secrets.put(NAME, key);
  const client = createSdkClient(world);
  const destroy = vi.spyOn(client, 'destroy');
  const source = world.source({ client, endpoint: undefined });
  expect((await read(source)).value).toBe(key);
  await source.close?.();
  expect(destroy).not.toHaveBeenCalled();
  expect((await read(world.source({ client, endpoint: undefined }))).value).toBe(key);
  client.destroy();
});

test('a client for another region than the ARN is refused before AWS says that there is no such secret', async () => {
  world.aws.secrets.put(NAME, makeTestKey(), { region: 'eu-west-1' });
  const secretId = world.aws.secrets.arn(NAME, { region: 'eu-west-1' });
  const client = createSdkClient(world);
  const error = await failureOf(world.source({ client, secretId, endpoint: undefined }), [makeTestKey()]);
  expect(error).toMatchObject({ code: 'invalid_config', hint: 'Make the client with the region eu-west-1.' });
  expect(world.aws.requests).toEqual([]);
  client.destroy();
});

test('a wrapper around a client will do, because only send() is asked of it', async () => {
  const key = makeTestKey();
  world.aws.secrets.put(NAME, key);
  const inner = createSdkClient(world);
  const client = {
    send: (command: never, options?: object): Promise<unknown> => inner.send(command, options),
  };
  const secretId = world.aws.secrets.arn(NAME);
  expect((await read(world.source({ client, secretId, endpoint: undefined }))).value).toBe(key);
  inner.destroy();
});

test.each([undefined, 'true'])('the environment is as it was afterwards: %s', async (value) => {
  const name = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED';
  vi.stubEnv(name, value);
  const before = { ...process.env };
  world.aws.secrets.put(NAME, makeTestKey());
  await read(world.source());
  expect(process.env).toEqual(before);
});
