import { awsKeySource, type AwsOptions } from '@magic-hour-keys/aws';
import { awsDefinition } from '@magic-hour-keys/aws/definition';
import { describeDefinition } from '../backends/describe-definition.ts';

const secretId = 'prod/magic-hour';
const roleArn = 'arn:aws:iam::123456789012:role/video-worker';
const accessKey = { accessKeyId: { env: 'ID' }, secretAccessKey: { file: '/run/secret' } };

const good: readonly AwsOptions[] = [
  { secretId },
  { secretId: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/magic-hour-AbCdEf' },
  { secretId, region: 'eu-west-1', stage: 'AWSPREVIOUS', field: 'apiKey', fips: true },
  { secretId, versionId: 'a'.repeat(36), endpoint: 'http://127.0.0.1:4566' },
  { secretId, auth: { method: 'default' } },
  { secretId, auth: { method: 'default', roleArn, externalId: 'team-7', sessionName: 'worker' } },
  { secretId, auth: { method: 'profile', profile: 'work', roleArn } },
  { secretId, auth: { method: 'web-identity', tokenFile: '/var/run/token', roleArn } },
  { secretId, auth: { method: 'container' } },
  { secretId, auth: { method: 'instance' } },
  { secretId, auth: { method: 'static', ...accessKey, sessionToken: { env: 'TOKEN' } } },
];
const refused = [
  {},
  { secretId: '' },
  { secretId: 'with blank' },
  { secretId: 'arn:aws:ssm:eu-west-1:123456789012:parameter/x' },
  { secretId, region: 'eu-west-1/' },
  { secretId, endpoint: 'http://example.com' },
  { secretId, versionId: '1' },
  { secretId, fips: 'yes' },
  { secretId, secretid: 'x' },
  { secretId, client: {} },
  { secretId, cwd: '/' },
  { secretId, auth: {} },
  { secretId, auth: { method: 'profile' } },
  { secretId, auth: { method: 'container', profile: 'work' } },
  { secretId, auth: { method: 'web-identity', externalId: 'x1' } },
  { secretId, auth: { method: 'static', accessKeyId: 'text', secretAccessKey: 'text' } },
  { secretId, auth: { method: 'static', ...accessKey, sessionToken: { env: '' } } },
  { secretId, auth: { method: 'default', roleArn: 'video-worker' } },
  'text',
  undefined,
];

describeDefinition(awsDefinition, awsKeySource, {
  good,
  refused,
  explainedApart: ['roleArn', 'externalId', 'sessionName'],
});
