import { awsKeySource, type AwsAuth, type AwsOptions } from '@magic-hour-keys/aws';
import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { expect, test } from 'vitest';
import { makeRefusalOf } from '../backends/make-refusal-of.ts';

const secretId = 'prod/magic-hour';
const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/magic-hour-AbCdEf';
const client = { send: (): Promise<unknown> => Promise.resolve({}) };

const refusalOf = makeRefusalOf(awsKeySource);

test.each<[AwsOptions, string]>([
  [{ secretId }, 'prod/magic-hour'],
  [{ secretId, region: 'eu-west-1' }, 'prod/magic-hour in eu-west-1'],
  [{ secretId, stage: 'AWSCURRENT' }, 'prod/magic-hour'],
  [{ secretId, stage: 'AWSPREVIOUS' }, 'prod/magic-hour, AWSPREVIOUS'],
  [{ secretId, versionId: 'a'.repeat(32) }, `prod/magic-hour, version ${'a'.repeat(32)}`],
  [{ secretId: arn }, arn],
  [{ secretId: arn, region: 'eu-west-1' }, arn],
  [{ secretId: arn.replace('arn:aws:', 'arn:aws-cn:') }, arn.replace('arn:aws:', 'arn:aws-cn:')],
  [{ secretId: 'a_b+c=d.e@f-g' }, 'a_b+c=d.e@f-g'],
])('%j looks in: %s', (options, location) => {
  expect(awsKeySource(options)).toMatchObject({ name: 'aws', location });
});

test.each([
  'https://secretsmanager.eu-west-1.amazonaws.com',
  'https://vpce-0123-abcd.secretsmanager.us-east-1.vpce.amazonaws.com/',
  'https://localhost.localstack.cloud:4566',
  'http://127.0.0.1:4566',
  'http://localhost:4566',
  'http://[::1]:4566/path',
])('the endpoint %s is taken', (endpoint) => {
  expect(awsKeySource({ secretId, endpoint }).location).toBe(secretId);
});

test.each([
  'http://secretsmanager.eu-west-1.amazonaws.com',
  'http://localstack:4566',
  'http://127.0.0.1.example.com',
  'https://user:password@example.com',
  'https://example.com?x=1',
  'https://example.com#x',
  'ftp://127.0.0.1',
  'secretsmanager.eu-west-1.amazonaws.com',
  '',
])('the endpoint %s is refused', (endpoint) => {
  expect(refusalOf({ secretId, endpoint })).toMatchObject({
    code: 'invalid_config',
    hint: 'Correct the option `endpoint`.',
  });
});

test.each<[option: string, options: unknown]>([
  ['secretId', {}],
  ['secretId', { secretId: '' }],
  ['secretId', { secretId: 'with blank' }],
  ['secretId', { secretId: 5 }],
  ['secretId', { secretId: 'arn:aws:ssm:eu-west-1:123456789012:parameter/x' }],
  ['region', { secretId, region: 'eu-west-1.evil.example/' }],
  ['region', { secretId, region: '' }],
  ['region', { secretId: arn, region: 'us-east-1' }],
  ['stage', { secretId, stage: '' }],
  ['versionId', { secretId, versionId: '1' }],
  ['versionId', { secretId, versionId: 'a'.repeat(32), stage: 'AWSCURRENT' }],
  ['field', { secretId, field: '' }],
  ['fips', { secretId, fips: true, endpoint: 'https://example.com' }],
  ['client', { secretId, client: {} }],
  ['region', { secretId, client, region: 'eu-west-1' }],
  ['auth', { secretId, client, auth: { method: 'default' } }],
  ['endpoint', { secretId, client, endpoint: 'https://example.com' }],
  ['fips', { secretId, client, fips: false }],
  ['auth.method', { secretId, auth: {} }],
  ['auth.method', { secretId, auth: null }],
  ['auth.method', { secretId, auth: { method: 'sso' } }],
  ['auth.profile', { secretId, auth: { method: 'profile' } }],
  ['auth.roleArn', { secretId, auth: { method: 'default', roleArn: 'video-worker' } }],
  ['auth.externalId', { secretId, auth: { method: 'default', externalId: 'team-7' } }],
  ['auth.sessionName', { secretId, auth: { method: 'default', sessionName: 'with blank' } }],
  ['auth.tokenFile', { secretId, auth: { method: 'web-identity', tokenFile: '' } }],
  ['auth.accessKeyId', { secretId, auth: { method: 'static', accessKeyId: 'text' } }],
  [
    'auth.secretAccessKey',
    {
      secretId,
      auth: { method: 'static', accessKeyId: { env: 'A' }, secretAccessKey: { env: 'A', file: 'b' } },
    },
  ],
  [
    'auth.sessionToken',
    {
      secretId,
      auth: { method: 'static', accessKeyId: { env: 'A' }, secretAccessKey: { env: 'B' }, sessionToken: {} },
    },
  ],
])('the option %s is named when it can not be meant: %j', (option, options) => {
  const error = refusalOf(options);
  expect(error).toMatchObject({ code: 'invalid_config', source: 'aws' });
  expect(error.message).toContain(`the option ${option} `);
});

const auth: AwsAuth = { method: 'static', accessKeyId: { env: 'A' }, secretAccessKey: { env: 'B' } };
test.each<[string, (key: string) => unknown]>([
  ['secretId', (key) => ({ secretId: key })],
  ['stage', (key) => ({ secretId, stage: key })],
  ['versionId', (key) => ({ secretId, versionId: key })],
  ['field', (key) => ({ secretId, field: key })],
  ['region', (key) => ({ secretId, region: key })],
  ['endpoint', (key) => ({ secretId, endpoint: `https://example.com/${key}` })],
  ['auth.profile', (key) => ({ secretId, auth: { method: 'profile', profile: key } })],
  ['auth.secretAccessKey.env', (key) => ({ secretId, auth: { ...auth, secretAccessKey: { env: key } } })],
])('a key in the place of the option %s is refused and not shown', (option, optionsWith) => {
  const key = makeTestKey();
  const error = refusalOf(optionsWith(key));
  expect(error.message).toContain(`the option ${option} holds what looks like a key`);
  expect(findLeaks(error, [key])).toEqual([]);
});

test('a secret access key as text is refused and not shown', () => {
  const secretAccessKey = makeTestKey().slice(9);
  const error = refusalOf({ secretId, auth: { ...auth, secretAccessKey } });
  expect(error.message).toContain('{ env: NAME } or { file: PATH }, never the value itself');
  expect(findLeaks(error, [secretAccessKey])).toEqual([]);
});
