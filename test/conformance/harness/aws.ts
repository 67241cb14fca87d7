import { awsKeySource } from '@magic-hour-keys/aws';
import type { BreakMode } from '@magic-hour-keys/testing/conformance';
import { startFakeAws, type AwsFault } from '@magic-hour-keys/testing/fakes/aws';
import { inConfig, type ConfigurableHarness, type HarnessOptions } from './harness-options.ts';

const NAME = 'prod/magic-hour';

/** AWS Secrets Manager, as the official SDK sees it. The login is given by options, so that nothing of the machine counts. */
export async function makeAwsHarness({ credential }: HarnessOptions = {}): Promise<ConfigurableHarness> {
  const aws = await startFakeAws();
  const { accessKeyId, secretAccessKey } = aws.createAccessKey(undefined, credential);
  const options = {
    secretId: NAME,
    region: 'us-east-1',
    endpoint: aws.origin,
    auth: { method: 'static', accessKeyId: { env: 'ID' }, secretAccessKey: { env: 'SECRET' } },
    env: { ID: accessKeyId, SECRET: secretAccessKey },
  } as const;
  let stored: string | Uint8Array = '';

  const faults: Readonly<Partial<Record<BreakMode, () => AwsFault>>> = {
    throttled: () => ({ type: 'ThrottlingException', message: 'Rate exceeded', retryAfterSeconds: 3 }),
    unavailable: () => ({ type: 'InternalServiceError', status: 500 }),
    malformed: () => ({ text: `{"SecretString":${JSON.stringify(String(stored))},` }),
  };

  return {
    name: 'aws',
    ...inConfig('aws', options),
    source: (overrides) => awsKeySource({ ...options, ...overrides }),
    async put(value) {
      stored = value;
      aws.secrets.put(NAME, value);
    },
    async remove() {
      aws.secrets.remove(NAME);
    },
    async disable() {
      aws.secrets.markForDeletion(NAME);
    },
    async break(mode) {
      const fault = faults[mode]?.();
      if (fault) aws.fail(fault);
      else if (mode === 'denied') aws.deny('secretsmanager:GetSecretValue');
      else if (mode === 'unauthenticated') aws.revokeAccessKey(accessKeyId);
      else aws.hold();
    },
    async heal() {
      aws.heal();
      aws.allow('secretsmanager:GetSecretValue');
      aws.restoreAccessKey(accessKeyId);
      aws.release();
    },
    requestCount: () => aws.count('GetSecretValue'),
    secrets: [secretAccessKey],
    fields: { whole: {}, field: (field) => ({ field }) },
    retryAfterMs: 3000,
    close: () => aws.close(),
  };
}
