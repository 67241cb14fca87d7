import { gcpKeySource, type GcpOptions } from '@magic-hour-keys/gcp';
import { makeTestKey } from '@magic-hour-keys/testing';
import { makeUniqueName, withoutModes } from '../live-store.ts';
import type { GcpAdmin } from './gcp-admin.ts';

/** A token that nobody issued. */
export const STRANGER: Pick<GcpOptions, 'auth' | 'authClient'> = {
  auth: undefined,
  authClient: { getRequestHeaders: async () => new Headers({ authorization: 'Bearer made-up-token' }) },
};

export interface GcpLimits {
  readonly unsupported: Record<string, string>;
  /** Whether `latest` is the newest version that is in force, which Google's own never is. */
  readonly latestFallsBack: boolean;
}

/** What this server can't be put through, found by trying: those that stand in for Google leave things out. */
export async function findGcpLimits(admin: GcpAdmin, options: GcpOptions): Promise<GcpLimits> {
  const secret = makeUniqueName();
  try {
    const first = await admin.add(secret, makeTestKey());
    const takesStrangers = await canRead({ ...options, secret, ...STRANGER });
    const takesEmpty = await admin.add(secret, '').then(
      () => true,
      () => false,
    );
    const newest = await admin.add(secret, makeTestKey());
    await admin.disable(secret, newest);
    const latestFallsBack = await admin.canRead(secret, 'latest');
    // Without a version in force some have nothing to fall back to, and say so in a way of their own.
    await admin.disable(secret, first);
    const denied = takesStrangers
      ? 'this server lets everybody read'
      : 'a permission that is taken away stays in force for minutes';
    return {
      unsupported: {
        ...withoutModes({ denied }),
        ...(takesStrangers && withoutModes({ unauthenticated: 'this server asks nobody for a login' })),
        ...(!takesEmpty && { empty: 'this server refuses to store an empty value' }),
      },
      latestFallsBack,
    };
  } finally {
    await admin.remove(secret);
  }
}

async function canRead(options: GcpOptions): Promise<boolean> {
  const source = gcpKeySource(options);
  try {
    await source.read({ signal: AbortSignal.timeout(10_000), reason: 'probe' });
    return true;
  } catch {
    return false;
  } finally {
    await source.close?.();
  }
}
