import type { AwsAuth } from '@magic-hour-keys/aws';
import { makeTestKey } from '@magic-hour-keys/testing';
import { beforeEach, expect, test, vi } from 'vitest';
import { failureOf, read } from '../store-reads.ts';
import { clearAccessKey, NAME, useAws, writeCredentials } from './aws-for-test.ts';

const ROLE = 'arn:aws:iam::123456789012:role/video-worker';
const world = useAws();
let key: string;

beforeEach(() => {
  key = makeTestKey();
  world.aws.secrets.put(NAME, key);
  vi.stubEnv('AWS_ENDPOINT_URL_STS', world.aws.origin);
});

async function expectRead(auth?: AwsAuth): Promise<void> {
  expect((await read(world.source({ auth }))).value).toBe(key);
}

function operations(): readonly string[] {
  return world.aws.requests.map(({ service, operation }) => `${service} ${operation}`);
}

test('without the option auth, the access key of the environment is used', async () => {
  await expectRead();
  expect(operations()).toEqual(['secretsmanager GetSecretValue']);
});

test('the chain of the SDK finds the profile that AWS_PROFILE names', async () => {
  clearAccessKey();
  vi.stubEnv('AWS_PROFILE', 'work');
  await writeCredentials(world, 'work', world.accessKey);
  await expectRead({ method: 'default' });
});

test('the chain of the SDK finds the web identity of a pod', async () => {
  clearAccessKey();
  vi.stubEnv('AWS_WEB_IDENTITY_TOKEN_FILE', await world.write('token', 'a-token'));
  vi.stubEnv('AWS_ROLE_ARN', ROLE);
  world.aws.addRole(ROLE, { webIdentityToken: 'a-token' });
  await expectRead({ method: 'default' });
  expect(operations()).toEqual(['sts AssumeRoleWithWebIdentity', 'secretsmanager GetSecretValue']);
});

test('the chain of the SDK finds the credentials of a container', async () => {
  clearAccessKey();
  vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', world.aws.containerCredentials);
  await expectRead({ method: 'default' });
  expect(operations()).toEqual(['container credentials', 'secretsmanager GetSecretValue']);
});

test('the chain of the SDK finds the role of an instance', async () => {
  clearAccessKey();
  stubInstance();
  await expectRead({ method: 'default' });
  expect(operations()).toEqual([
    'instance token',
    'instance role',
    'instance credentials',
    'secretsmanager GetSecretValue',
  ]);
});

test('without any credentials the error says what can be set, and nothing is sent', async () => {
  clearAccessKey();
  const error = await failureOf(world.source(), [world.accessKey.secretAccessKey]);
  expect(error).toMatchObject({ code: 'unauthenticated', location: NAME });
  for (const word of ['AWS_ACCESS_KEY_ID', 'AWS_PROFILE', 'role', '`auth`'])
    expect(error.hint).toContain(word);
  expect(world.aws.requests).toEqual([]);
});

test('a profile is used although another access key is in the environment', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', world.aws.createAccessKey().accessKeyId);
  await writeCredentials(world, 'work', world.accessKey);
  await expectRead({ method: 'profile', profile: 'work' });
  expect(world.aws.requests).toMatchObject([{ accessKeyId: world.accessKey.accessKeyId }]);
});

test('a profile that is missing is an error, and the rights of the machine do not take its place', async () => {
  stubInstance();
  const source = world.source({ auth: { method: 'profile', profile: 'wrok' } });
  const error = await failureOf(source, [world.accessKey.secretAccessKey]);
  expect(error).toMatchObject({ code: 'unauthenticated' });
  expect(error.hint).toContain('aws sts get-caller-identity --profile wrok');
  expect(world.aws.requests).toEqual([]);
});

test('the region of a profile is used', async () => {
  const other = makeTestKey();
  world.aws.secrets.put(NAME, other, { region: 'eu-central-1' });
  vi.stubEnv('AWS_REGION', undefined);
  await writeCredentials(world, 'work', world.accessKey);
  await world.write('config', '[profile work]\nregion = eu-central-1\n');
  const source = world.source({ auth: { method: 'profile', profile: 'work' } });
  expect((await read(source)).value).toBe(other);
});

test('a session of SSO that has ended is told with the command that begins a new one', async () => {
  clearAccessKey();
  const sso = 'sso_start_url = https://example.awsapps.com/start\nsso_region = us-east-1\n';
  await world.write('config', `[profile work]\n${sso}sso_account_id = 123456789012\nsso_role_name = dev\n`);
  vi.stubEnv('HOME', await world.write('home', ''));
  const error = await failureOf(world.source({ auth: { method: 'profile', profile: 'work' } }), [key]);
  expect(error).toMatchObject({
    code: 'unauthenticated',
    hint: expect.stringContaining('aws sso login --profile work'),
  });
});

test('a web identity is given by options, and its session has a name in CloudTrail', async () => {
  clearAccessKey();
  world.aws.addRole(ROLE, { webIdentityToken: 'a-token' });
  const tokenFile = await world.write('token', 'a-token');
  await expectRead({ method: 'web-identity', tokenFile, roleArn: ROLE });
  expect(world.aws.requests[0]?.input).toMatchObject({ RoleArn: ROLE, RoleSessionName: 'magic-hour-keys' });
});

test('a relative token file starts from the folder that was given', async () => {
  clearAccessKey();
  world.aws.addRole(ROLE, { webIdentityToken: 'a-token' });
  const path = await world.write('token', 'a-token');
  const auth: AwsAuth = { method: 'web-identity', tokenFile: 'token', roleArn: ROLE };
  expect((await read(world.source({ auth, cwd: path.replace(/token$/, '') }))).value).toBe(key);
});

test('a token file that is missing is unauthenticated, never not found', async () => {
  const auth: AwsAuth = { method: 'web-identity', tokenFile: '/gone/token', roleArn: ROLE };
  const error = await failureOf(world.source({ auth }), [key]);
  expect(error).toMatchObject({
    code: 'unauthenticated',
    hint: expect.stringContaining('AWS_WEB_IDENTITY_TOKEN_FILE'),
  });
});

test('a token that is refused is unauthenticated, and is not shown', async () => {
  const token = makeTestKey();
  world.aws.addRole(ROLE, { webIdentityToken: 'another' });
  const auth: AwsAuth = {
    method: 'web-identity',
    tokenFile: await world.write('token', token),
    roleArn: ROLE,
  };
  expect(await failureOf(world.source({ auth }), [key, token])).toMatchObject({ code: 'unauthenticated' });
});

test('the credentials of a container are used, with the token that its file holds', async () => {
  vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', world.aws.containerCredentials);
  vi.stubEnv('AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE', await world.write('token', 'pod-token'));
  world.aws.setContainerToken('pod-token');
  await expectRead({ method: 'container' });
  expect(operations()).toEqual(['container credentials', 'secretsmanager GetSecretValue']);
});

test('a container without an endpoint for credentials is told which variables should be set', async () => {
  const error = await failureOf(world.source({ auth: { method: 'container' } }), [key]);
  expect(error).toMatchObject({ code: 'unauthenticated' });
  expect(error.hint).toContain('AWS_CONTAINER_CREDENTIALS_FULL_URI');
});

test('an endpoint for credentials that fails for a moment is unavailable, so that it is tried again', async () => {
  vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', world.aws.containerCredentials);
  world.aws.fail({ text: 'busy', status: 500 }, { operation: 'credentials' });
  const error = await failureOf(world.source({ auth: { method: 'container' } }), [key]);
  expect(error).toMatchObject({ code: 'unavailable', transient: true });
});

test('the role of an instance is used although an access key is in the environment', async () => {
  stubInstance();
  await expectRead({ method: 'instance' });
  expect(world.aws.requests.at(-1)?.accessKeyId).not.toBe(world.accessKey.accessKeyId);
});

test('an instance without a role is unauthenticated', async () => {
  stubInstance();
  world.aws.setInstanceRole(undefined);
  const error = await failureOf(world.source({ auth: { method: 'instance' } }), [key]);
  expect(error).toMatchObject({ code: 'unauthenticated', hint: 'Attach a role to this EC2 instance.' });
});

test('an access key is given by the names of variables and by files', async () => {
  const { accessKeyId, secretAccessKey, sessionToken = '' } = world.aws.createAccessKey(60 * 60 * 1000);
  vi.stubEnv('MY_ID', ` ${accessKeyId}\n`);
  vi.stubEnv('MY_TOKEN', sessionToken);
  const file = await world.write('secret', `${secretAccessKey}\n`);
  const auth: AwsAuth = {
    method: 'static',
    accessKeyId: { env: 'MY_ID' },
    secretAccessKey: { file },
    sessionToken: { env: 'MY_TOKEN' },
  };
  await expectRead(auth);
  expect(world.aws.requests).toMatchObject([{ accessKeyId }]);
});

test('a part of an access key that is not set is unauthenticated, and its variable is named', async () => {
  const auth: AwsAuth = {
    method: 'static',
    accessKeyId: { env: 'AWS_ACCESS_KEY_ID' },
    secretAccessKey: { env: 'GONE' },
  };
  const error = await failureOf(world.source({ auth }), [key]);
  expect(error).toMatchObject({
    code: 'unauthenticated',
    hint: 'Set GONE, which `auth.secretAccessKey` names.',
  });
  const missing = { ...auth, secretAccessKey: { file: '/gone/secret' } };
  // Not "not found": a chain would go on to its next link.
  expect(await failureOf(world.source({ auth: missing }), [key])).toMatchObject({ code: 'unauthenticated' });
});

test('a wrong secret access key is unauthenticated, and is not shown', async () => {
  const wrong = world.aws.createAccessKey().secretAccessKey;
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', wrong);
  const error = await failureOf(world.source(), [key, wrong]);
  expect(error).toMatchObject({ code: 'unauthenticated', upstream: { name: 'InvalidSignatureException' } });
});

test.each<AwsAuth>([
  { method: 'default', roleArn: ROLE },
  { method: 'default', roleArn: ROLE, externalId: 'team-7', sessionName: 'worker-1' },
  {
    method: 'static',
    accessKeyId: { env: 'AWS_ACCESS_KEY_ID' },
    secretAccessKey: { env: 'AWS_SECRET_ACCESS_KEY' },
    roleArn: ROLE,
  },
])('a role is taken on: %j', async (auth) => {
  const externalId = 'externalId' in auth ? auth.externalId : undefined;
  world.aws.addRole(ROLE, { externalId });
  await expectRead(auth);
  expect(world.aws.requests).toMatchObject([
    {
      operation: 'AssumeRole',
      accessKeyId: world.accessKey.accessKeyId,
      input: { RoleArn: ROLE, RoleSessionName: auth.sessionName ?? 'magic-hour-keys' },
      attempt: 'attempt=1; max=1',
    },
    { operation: 'GetSecretValue', accessKeyId: expect.stringMatching(/^ASIA/) },
  ]);
});

test('a role that may not be taken on is denied, and both the permission and the role are named', async () => {
  const error = await failureOf(world.source({ auth: { method: 'default', roleArn: ROLE } }), [key]);
  expect(error).toMatchObject({ code: 'access_denied' });
  expect(error.hint).toBe(`Allow sts:AssumeRole on ${ROLE}, in its trust policy too.`);
});

test('STS that fails for a moment is unavailable, and throttling is told as such', async () => {
  const auth: AwsAuth = { method: 'default', roleArn: ROLE };
  world.aws.fail({ type: 'InternalFailure', status: 500 }, { operation: 'AssumeRole' });
  expect(await failureOf(world.source({ auth }), [key])).toMatchObject({ code: 'unavailable' });
  world.aws.heal();
  world.aws.fail({ type: 'Throttling' }, { operation: 'AssumeRole' });
  expect(await failureOf(world.source({ auth }), [key])).toMatchObject({ code: 'throttled' });
});

/** The metadata service of EC2. */
function stubInstance(): void {
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', undefined);
  vi.stubEnv('AWS_EC2_METADATA_SERVICE_ENDPOINT', world.aws.origin);
}
