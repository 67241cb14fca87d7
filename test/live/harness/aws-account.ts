import type { AwsOptions } from '@magic-hour-keys/aws';
import type { LiveEnvironment } from '../live-store.ts';
import type { openAwsAdmin } from './aws-admin.ts';
import { STRANGER } from './aws-limits.ts';
import { watchDirectly, watchThroughRelay, type AwsWire } from './aws-wire.ts';

/** A way to a Secrets Manager. */
export interface AwsAccount {
  /** For what this suite itself does there. */
  readonly admin: Parameters<typeof openAwsAdmin>[0];
  /** For the sources. */
  readonly options: Partial<AwsOptions>;
  /** How their reads are counted. */
  readonly watchWire: () => Promise<AwsWire>;
}

/** For a login that no server knows. */
export const STRANGER_OPTIONS: Partial<AwsOptions> = loginWith(STRANGER);

/** AWS itself, with whatever the SDK's default chain finds. */
export function realAccount({ AWS_REGION: region }: LiveEnvironment): AwsAccount {
  const options = region ? { region } : {};
  return { admin: options, options, watchWire: () => watchDirectly({}) };
}

/** With the access key of the environment, or else with one that servers on one's own machine take. */
export function accountAt(endpoint: string, environment: LiveEnvironment): AwsAccount {
  const {
    AWS_REGION: region = 'us-east-1',
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = environment;
  const credentials =
    accessKeyId && secretAccessKey
      ? { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) }
      : STRANGER;
  const hasTls = new URL(endpoint).protocol === 'https:';
  return {
    admin: { endpoint, region, credentials },
    options: { region, ...loginWith(credentials) },
    watchWire: () => (hasTls ? watchDirectly({ endpoint }) : watchThroughRelay(endpoint)),
  };
}

interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

function loginWith({ accessKeyId, secretAccessKey, sessionToken }: AccessKey): Partial<AwsOptions> {
  return {
    auth: {
      method: 'static',
      accessKeyId: { env: 'ID' },
      secretAccessKey: { env: 'SECRET' },
      ...(sessionToken !== undefined && { sessionToken: { env: 'SESSION' } }),
    },
    env: { ID: accessKeyId, SECRET: secretAccessKey, SESSION: sessionToken },
  };
}
