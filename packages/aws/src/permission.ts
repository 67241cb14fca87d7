import type { ReadPermission } from '@magic-hour-keys/core/author';
import type { AwsOptions } from './options.ts';
import { regionOf } from './secret-id.ts';

const ACTION = 'secretsmanager:GetSecretValue';

/** As in the README. The six question marks stand for the characters that AWS adds to the name. */
export function readPermission({ secretId, region = 'REGION' }: AwsOptions): ReadPermission {
  const isArn = regionOf(secretId) !== undefined;
  const resource = isArn ? secretId : `arn:aws:secretsmanager:${region}:ACCOUNT:secret:${secretId}-??????`;
  const statement = { Effect: 'Allow', Action: ACTION, Resource: resource };
  return {
    name: ACTION,
    policy: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }, undefined, 2),
  };
}
