import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeTestKey, type FakeMagicHourApi } from '@magic-hour-keys/testing';
import { startFakeAws, type FakeAws } from '@magic-hour-keys/testing/fakes/aws';
import { beforeEach, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { atEnd, examples, loadExample, sendApiRequestsTo, startApi } from './example-world.ts';

interface Example {
  handler(event: { prompt: string }): Promise<{ id: string }>;
}

const HOUR_MS = 60 * 60 * 1000;
const SECRET = 'prod/magic-hour';
const event = { prompt: 'A lighthouse' };
const key = makeTestKey();
let aws: FakeAws;
let api: FakeMagicHourApi;

beforeEach(async () => {
  aws = await startFakeAws();
  atEnd(() => aws.close());
  aws.secrets.put(SECRET, JSON.stringify({ apiKey: key }));
  api = await startApi(key);
  sendApiRequestsTo(api.origin);
  const { accessKeyId, secretAccessKey, sessionToken } = aws.createAccessKey(HOUR_MS);
  const variables = {
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL: aws.origin,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
    MAGIC_HOUR_SECRET_ID: SECRET,
  };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
});

test('an instance reads the secret at its first invocation, and at none of the next', async () => {
  const { handler } = await loadExample<Example>('aws-lambda/handler.mjs');
  expect(aws.requests).toEqual([]);
  for (let count = 0; count < 5; count += 1) {
    expect(await handler(event)).toEqual({ id: expect.any(String) });
  }
  expect(aws.count('GetSecretValue')).toBe(1);
  expect(api.statusCounts).toEqual({ 200: 5 });
});

test('after an hour of freeze an invocation goes on with the key it has, and waits for nothing', async () => {
  const wallMs = vi.spyOn(Date, 'now');
  const { handler } = await loadExample<Example>('aws-lambda/handler.mjs');
  await handler(event);

  const now = Date.now();
  wallMs.mockImplementation(() => now + HOUR_MS / 2);
  aws.hold();
  await handler(event);
  await aws.whenHeld(1);
  expect(api.statusCounts).toEqual({ 200: 2 });
});

test('a rotation during a freeze costs one read and one request more, and no invocation fails', async () => {
  const { handler } = await loadExample<Example>('aws-lambda/handler.mjs');
  await handler(event);

  const next = makeTestKey();
  aws.secrets.put(SECRET, JSON.stringify({ apiKey: next }));
  api.accept(next);
  api.revoke(key);
  await handler(event);
  expect(api.requests.map(({ keyLast4, status }) => [keyLast4, status])).toEqual([
    [key.slice(-4), 200],
    [key.slice(-4), 401],
    [next.slice(-4), 200],
  ]);
  expect(aws.count('GetSecretValue')).toBe(2);
});

test('a store that refuses fails the invocation by a code and a hint, and the next one may work', async () => {
  aws.deny('secretsmanager:GetSecretValue');
  const { handler } = await loadExample<Example>('aws-lambda/handler.mjs');
  await expect(handler(event)).rejects.toMatchObject({
    code: 'access_denied',
    hint: expect.stringContaining('secretsmanager:GetSecretValue'),
  });
});

test('the template runs this handler, and allows the function one action on one secret', async () => {
  const template = parse(await readFile(join(examples, 'aws-lambda/template.yaml'), 'utf8')) as Template;
  const { Handler, Policies, Environment } = template.Resources.RenderImage.Properties;
  const [file, name = ''] = Handler.split('.');
  expect(await loadExample<object>(`aws-lambda/${file}.mjs`)).toHaveProperty(name);
  expect(Policies.flatMap(({ Statement }) => Statement)).toEqual([
    { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: { Ref: 'SecretArn' } },
  ]);
  expect(Environment.Variables).toEqual({ MAGIC_HOUR_SECRET_ID: { Ref: 'SecretArn' } });
});

interface Template {
  readonly Resources: {
    readonly RenderImage: {
      readonly Properties: {
        readonly Handler: string;
        readonly Policies: readonly { readonly Statement: readonly object[] }[];
        readonly Environment: { readonly Variables: object };
      };
    };
  };
}
