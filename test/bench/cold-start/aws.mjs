import { makeTestKey } from '@magic-hour-keys/testing';
import { startFakeAws } from '@magic-hour-keys/testing/fakes/aws';
import { coldStartOf, READ_OURS } from './store-scenario.mjs';

const NAME = 'prod/magic-hour';

export const coldStartAws = coldStartOf({
  name: 'aws',
  title: 'AWS Secrets Manager',
  sdk: ['@aws-sdk/client-secrets-manager'],
  pairs: [
    {
      what: 'AWS, credentials in variables',
      raw: [
        `import { SecretsManagerClient, GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';`,
        `const client = new SecretsManagerClient({ region: 'us-east-1', endpoint: ENDPOINT });`,
        `const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: '${NAME}' }));`,
        `const headers = { authorization: 'Bearer ' + SecretString };`,
      ],
      ours: [
        `import { awsKeyProvider } from '@magic-hour-keys/aws';`,
        `const provider = awsKeyProvider({ secretId: '${NAME}', region: 'us-east-1', endpoint: ENDPOINT });`,
        READ_OURS,
      ],
    },
  ],
  async start(folder) {
    const aws = await startFakeAws();
    aws.secrets.put(NAME, makeTestKey());
    const { accessKeyId, secretAccessKey } = aws.createAccessKey();
    const variables = {
      HOME: folder,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    };
    const lines = [
      `Object.assign(process.env, ${JSON.stringify(variables)});`,
      `const ENDPOINT = '${aws.origin}';`,
    ];
    return { lines, close: () => aws.close() };
  },
});
