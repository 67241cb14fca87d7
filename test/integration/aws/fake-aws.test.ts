// The stand-in for AWS, seen by the official SDK: the rules are those of Secrets Manager's API reference.
import { randomUUID } from 'node:crypto';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  UpdateSecretVersionStageCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { makeTestKey } from '@magic-hour-keys/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSdkClient, NAME, useAws } from './aws-for-test.ts';

const world = useAws();
let client: SecretsManagerClient;

beforeEach(() => {
  client = createSdkClient(world);
});
afterEach(() => {
  client.destroy();
});

async function create(): Promise<{ old: string; version: string }> {
  const old = makeTestKey();
  const { VersionId = '' } = await client.send(new CreateSecretCommand({ Name: NAME, SecretString: old }));
  return { old, version: VersionId };
}

async function put(value: string, labels?: string[]): Promise<string> {
  const input = { SecretId: NAME, SecretString: value, ...(labels && { VersionStages: labels }) };
  return (await client.send(new PutSecretValueCommand(input))).VersionId ?? '';
}

async function get(stage?: string): Promise<string | undefined> {
  const input = { SecretId: NAME, ...(stage !== undefined && { VersionStage: stage }) };
  return (await client.send(new GetSecretValueCommand(input))).SecretString;
}

async function stages(): Promise<unknown> {
  return (await client.send(new DescribeSecretCommand({ SecretId: NAME }))).VersionIdsToStages;
}

test('a secret that was created is read by name, ARN, and ARN without its six characters', async () => {
  const { old, version } = await create();
  const { ARN = '' } = await client.send(new DescribeSecretCommand({ SecretId: NAME }));
  expect(ARN).toMatch(/^arn:aws:secretsmanager:us-east-1:\d{12}:secret:prod\/magic-hour-\w{6}$/);
  for (const SecretId of [NAME, ARN, ARN.slice(0, -7)]) {
    const answer = await client.send(new GetSecretValueCommand({ SecretId }));
    expect(answer).toMatchObject({
      ARN,
      Name: NAME,
      SecretString: old,
      VersionId: version,
      VersionStages: ['AWSCURRENT'],
    });
    expect(Date.now() - Number(answer.CreatedDate)).toBeLessThan(60_000);
  }
});

test('a new version is current, the one before it is previous, and older ones have no label', async () => {
  const { old, version } = await create();
  const next = makeTestKey();
  const second = await put(next);
  expect([await get(), await get('AWSPREVIOUS')]).toEqual([next, old]);
  const third = await put(makeTestKey());
  expect(await stages()).toEqual({ [second]: ['AWSPREVIOUS'], [third]: ['AWSCURRENT'] });
  const listed = await client.send(
    new ListSecretVersionIdsCommand({ SecretId: NAME, IncludeDeprecated: true }),
  );
  expect(listed.Versions?.map(({ VersionId }) => VersionId)).toEqual([third, second, version]);
  const labelled = await client.send(new ListSecretVersionIdsCommand({ SecretId: NAME, MaxResults: 1 }));
  expect(labelled).toMatchObject({ Versions: [{ VersionId: third }], NextToken: expect.any(String) });
  const rest = await client.send(
    new ListSecretVersionIdsCommand({ SecretId: NAME, NextToken: labelled.NextToken }),
  );
  expect(rest.Versions).toMatchObject([{ VersionId: second }]);
});

test('a staged version is promoted by moving AWSCURRENT, which fails when somebody else moved it', async () => {
  const { version } = await create();
  const next = makeTestKey();
  const pending = await put(next, ['AWSPENDING']);
  const move = { SecretId: NAME, VersionStage: 'AWSCURRENT', MoveToVersionId: pending };
  await expect(client.send(new UpdateSecretVersionStageCommand(move))).rejects.toMatchObject({
    name: 'InvalidParameterException',
  });
  const stale = new UpdateSecretVersionStageCommand({ ...move, RemoveFromVersionId: randomUUID() });
  await expect(client.send(stale)).rejects.toMatchObject({ name: 'InvalidParameterException' });
  await client.send(new UpdateSecretVersionStageCommand({ ...move, RemoveFromVersionId: version }));
  expect(await get()).toBe(next);
  expect(await stages()).toEqual({ [version]: ['AWSPREVIOUS'], [pending]: ['AWSPENDING', 'AWSCURRENT'] });
});

test('a label of your own can be taken away, and AWSCURRENT can not', async () => {
  const { version } = await create();
  const blue = await put(makeTestKey(), ['blue']);
  const takeAway = (stage: string, from: string): UpdateSecretVersionStageCommand =>
    new UpdateSecretVersionStageCommand({ SecretId: NAME, VersionStage: stage, RemoveFromVersionId: from });
  await client.send(takeAway('blue', blue));
  await expect(get('blue')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  await expect(client.send(takeAway('AWSCURRENT', version))).rejects.toMatchObject({
    name: 'InvalidParameterException',
  });
});

test('the same token with the same value is the same version, and with another value a conflict', async () => {
  await create();
  const input = { SecretId: NAME, SecretString: makeTestKey(), ClientRequestToken: randomUUID() };
  const first = await client.send(new PutSecretValueCommand(input));
  const second = await client.send(new PutSecretValueCommand(input));
  expect([first.VersionId, second.VersionId]).toEqual([input.ClientRequestToken, input.ClientRequestToken]);
  const other = new PutSecretValueCommand({ ...input, SecretString: makeTestKey() });
  await expect(client.send(other)).rejects.toMatchObject({ name: 'ResourceExistsException' });
  const short = new PutSecretValueCommand({ ...input, ClientRequestToken: 'short' });
  await expect(client.send(short)).rejects.toMatchObject({ name: 'InvalidParameterException' });
});

test('a secret is created once, and again with the same token', async () => {
  const input = { Name: NAME, SecretString: makeTestKey(), ClientRequestToken: randomUUID() };
  const first = await client.send(new CreateSecretCommand(input));
  const again = await client.send(new CreateSecretCommand(input));
  expect(again.VersionId).toBe(first.VersionId);
  const another = new CreateSecretCommand({ Name: NAME, SecretString: makeTestKey() });
  await expect(client.send(another)).rejects.toMatchObject({ name: 'ResourceExistsException' });
});

test('bytes are kept as bytes', async () => {
  const bytes = Uint8Array.of(0, 255, 10, 13);
  await client.send(new CreateSecretCommand({ Name: NAME, SecretBinary: bytes }));
  const { SecretBinary, SecretString } = await client.send(new GetSecretValueCommand({ SecretId: NAME }));
  expect([...(SecretBinary ?? [])]).toEqual([...bytes]);
  expect(SecretString).toBeUndefined();
});

test('a secret that is marked for deletion can be restored, and one that was removed can not', async () => {
  const { old } = await create();
  await client.send(new DeleteSecretCommand({ SecretId: NAME }));
  await expect(get()).rejects.toMatchObject({ name: 'InvalidRequestException' });
  expect((await client.send(new DescribeSecretCommand({ SecretId: NAME }))).DeletedDate).toBeInstanceOf(Date);
  await client.send(new RestoreSecretCommand({ SecretId: NAME }));
  expect(await get()).toBe(old);
  await client.send(new DeleteSecretCommand({ SecretId: NAME, ForceDeleteWithoutRecovery: true }));
  await expect(get()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('a version together with a label that it does not have is a bad request', async () => {
  const { version } = await create();
  const input = { SecretId: NAME, VersionId: version, VersionStage: 'AWSPREVIOUS' };
  await expect(client.send(new GetSecretValueCommand(input))).rejects.toMatchObject({
    name: 'InvalidRequestException',
  });
});

test('a secret is there in its own region alone', async () => {
  await create();
  const elsewhere = createSdkClient(world, { region: 'eu-west-1' });
  await expect(elsewhere.send(new GetSecretValueCommand({ SecretId: NAME }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    $metadata: { httpStatusCode: 400 },
  });
  elsewhere.destroy();
});

test('a signature is checked: the key, its secret, its token, its end', async () => {
  await create();
  const { accessKeyId, secretAccessKey } = world.accessKey;
  const temporary = world.aws.createAccessKey(60_000);
  const ended = world.aws.createAccessKey(-1);
  const attempt = async (credentials: object): Promise<string> => {
    const other = createSdkClient(world, { credentials: { accessKeyId, secretAccessKey, ...credentials } });
    const answer = other.send(new GetSecretValueCommand({ SecretId: NAME }));
    const verdict = await answer.then(
      () => 'accepted',
      (error: Error) => error.name,
    );
    other.destroy();
    return verdict;
  };
  expect(await attempt({})).toBe('accepted');
  expect(await attempt(temporary)).toBe('accepted');
  expect(await attempt({ secretAccessKey: `${secretAccessKey}x` })).toBe('InvalidSignatureException');
  expect(await attempt({ accessKeyId: 'unknown' })).toBe('UnrecognizedClientException');
  expect(await attempt({ sessionToken: 'unknown' })).toBe('UnrecognizedClientException');
  expect(await attempt({ ...temporary, sessionToken: undefined })).toBe('UnrecognizedClientException');
  expect(await attempt(ended)).toBe('ExpiredTokenException');
  world.aws.revokeAccessKey(accessKeyId);
  expect(await attempt({})).toBe('UnrecognizedClientException');
});

test('a fault happens as often as it was asked for, to the operation it is meant for', async () => {
  await create();
  world.aws.fail({ type: 'ThrottlingException' }, { times: 1, operation: 'GetSecretValue' });
  expect(await stages()).toBeTypeOf('object');
  await expect(get()).rejects.toMatchObject({ name: 'ThrottlingException' });
  expect(await get()).toBeTypeOf('string');
});

test('an operation that it does not know is refused, and a plain request too', async () => {
  const answer = await fetch(world.aws.origin, { method: 'POST', body: 'x' });
  expect(answer.status).toBe(404);
  expect(await answer.json()).toMatchObject({ __type: 'UnknownOperationException' });
});
