import { awsKeySource } from '@magic-hour-keys/aws';
import { startFakeAws } from '@magic-hour-keys/testing/fakes/aws';
import type { StoreUnderFault } from '../backend-under-fault.ts';

/** Its client takes an authority from the process alone (`NODE_EXTRA_CA_CERTS`), so here every certificate is wrong. */
export async function startAwsStore(key: string): Promise<StoreUnderFault> {
  const aws = await startFakeAws();
  const { accessKeyId, secretAccessKey } = aws.createAccessKey();
  aws.secrets.put('magic-hour', key);
  return {
    origin: aws.origin,
    secrets: [secretAccessKey],
    makeSource: ({ url }) =>
      awsKeySource({
        secretId: 'magic-hour',
        region: 'us-east-1',
        endpoint: url,
        auth: { method: 'static', accessKeyId: { env: 'ID' }, secretAccessKey: { env: 'SECRET' } },
        env: { ID: accessKeyId, SECRET: secretAccessKey },
      }),
    close: () => aws.close(),
  };
}
