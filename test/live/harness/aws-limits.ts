import { randomBytes } from 'node:crypto';
import { makeTestKey } from '@magic-hour-keys/testing';
import { makeUniqueName, withoutModes } from '../live-store.ts';
import type { AwsAdmin } from './aws-admin.ts';

/** Real AWS needs seconds for this; what stands in for it does it at once or never. */
const POLICY_LIMIT_MS = 30_000;

/** Nobody has this one. Not in the pattern of a real one, so that no scanner takes it for one. */
export const STRANGER = {
  accessKeyId: 'MADEUPACCESSKEY',
  secretAccessKey: randomBytes(30).toString('base64'),
};

/** What this server can't be put through, found by trying: those that stand in for AWS leave things out. */
export async function findAwsLimits(admin: AwsAdmin): Promise<Record<string, string>> {
  const secretId = makeUniqueName();
  try {
    await admin.put(secretId, makeTestKey());
    const knowsKeys = (await admin.tryRead(secretId, STRANGER)) !== undefined;
    // Some do not even know the operation.
    const enforcesPolicies = knowsKeys && (await admin.deny(secretId, POLICY_LIMIT_MS).catch(() => false));
    if (enforcesPolicies) await admin.allow(secretId);
    const takesEmpty = await succeeds(admin.put(secretId, ''));
    await admin.put(secretId, makeTestKey());
    const countsSeconds = (await admin.times(secretId)).every((time) => time % 1000 === 0);
    await admin.markForDeletion(secretId);
    const marks = (await admin.tryRead(secretId)) === 'InvalidRequestException';
    return {
      ...(!knowsKeys && withoutModes({ unauthenticated: 'this server takes any access key' })),
      ...(!enforcesPolicies &&
        withoutModes({ denied: 'this server does not enforce the policy of a secret' })),
      ...(!takesEmpty && { empty: 'this server refuses to store an empty value' }),
      ...(countsSeconds && { sequence: 'this server tells the time of a version by the second' }),
      ...(!marks && { disabled: 'this server gives a secret that is marked for deletion' }),
    };
  } finally {
    await admin.remove(secretId);
  }
}

async function succeeds(attempt: Promise<unknown>): Promise<boolean> {
  return attempt.then(
    () => true,
    () => false,
  );
}
